/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any words as a call of the hook: the front lets go only what the hook itself would answer with
 * success and nothing done; what libvirt does not listen to succeeds; no call but a good prepare
 * takes anything. Words end at newlines; the last one is stdin.
 */
#include <string.h>

#include "hd-fuzz-host.h"
#include "hd-fuzz.h"
#include "hd-hook-idle.h"
#include "hd-hook.h"

#define WORDS 7

static int
count_words(char *const *words)
{
    int count = (int)g_strv_length((char **)words);
    return count > 0 ? count - 1 : 0;
}

static void
check_call(HdFake *fake, int argc, char *const *argv, const HdHookStdin *input)
{
    const HdHookArgs args = hd_hook_args_parse(argc, argv);
    const HdHookCall call = {argc, argv, input, 1, NULL, NULL, NULL};
    const char *root = "/nonexistent";
    g_autofree char *message = NULL;
    GString *output = NULL;
    bool is_idle =
        hd_hook_idle_by_call(root, argc, argv) || hd_hook_idle_by_xml(root, argc, argv, input);
    int status = hd_hook_run(hd_fake_port(fake), &call, &output, &message);
    g_assert_true(args.name != NULL && args.word != NULL);
    g_assert_true(status == 0 || status == 1);
    g_assert_true((status == 0) == (message == NULL));
    if (message != NULL)
        hd_fuzz_check_line(message);
    g_assert_true(args.is_heard || status == 0);
    g_assert_true(args.operation != HD_HOOK_RESTORE || status == 0);
    g_assert_true(!is_idle || (status == 0 && output == NULL && hd_fake_mutations(fake) == 0));
    g_assert_true(output == NULL || args.operation == HD_HOOK_MIGRATE ||
                  args.operation == HD_HOOK_RESTORE);
    if (output != NULL)
        (void)g_string_free(output, TRUE);
    if (args.operation == HD_HOOK_IGNORE || status != 0)
        g_assert_cmpuint(status == 0 ? hd_fake_mutations(fake) : 0, ==, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    g_autofree char *text = hd_fuzz_text(bytes, length);
    g_auto(GStrv) words = g_strsplit(text, "\n", WORDS);
    HdFake *fake = hd_fuzz_host();
    int argc = count_words(words);
    char *last = words[0] != NULL ? words[argc] : (char *)"";
    const HdHookStdin input = {last, strlen(last), 0};
    g_autofree char *before = hd_fake_dump(fake);
    check_call(fake, argc, words, &input);
    const HdHookArgs args = hd_hook_args_parse(argc, words);
    g_autofree char *after = hd_fake_dump(fake);
    if (args.operation != HD_HOOK_PREPARE)
        g_assert_cmpstr(before, ==, after);
    return 0;
}

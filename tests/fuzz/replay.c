/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a fuzz target over the files of folders: the corpus as a regression test, with any
 * compiler.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hd-fuzz.h"

static void
replay_file(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    /* In memory of just that size, so that a sanitizer sees each byte too many. */
    g_autofree uint8_t *copy = g_malloc(MAX(length, 1));
    memcpy(copy, bytes, length);
    (void)printf("%s\n", path);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput(copy, length);
}

static guint
replay_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        replay_file(path);
        count++;
    }
    return count;
}

int
main(int argc, char **argv)
{
    guint count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i]);
    (void)printf("%u inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

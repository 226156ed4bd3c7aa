/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * rom: a card's ROM as a file for a VM, and what such a file is good for, before a black
 * screen says that it is good for nothing.
 */
#include "hd-cmd-rom.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-out-file.h"
#include "hd-out-findings.h"
#include "hd-text.h"

#define USAGE                                                                                      \
    "usage: hostdevctl rom dump ADDRESS | check FILE|ADDRESS [ADDRESS] | trim FILE --output FILE"

static char *output_option;
static gboolean force_option;

static const GOptionEntry options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output_option,
     "dump, trim: write it there, not to stdout", "FILE"},
    {"force", 'f', 0, G_OPTION_ARG_NONE, &force_option, "dump, trim: replace a file that is there",
     NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static bool
is_address(const char *text, HdPciAddress *ret_address)
{
    return hd_pci_address_parse(text, ret_address) ||
           hd_pci_address_parse_node_name(text, ret_address);
}

static bool
check_output(const HdCmd *cmd, GError **ret_error)
{
    if (output_option == NULL && cmd->json)
        return hd_error_set(ret_error, HD_ERROR_USAGE, "rom: --json needs --output FILE");
    if (output_option == NULL && isatty(STDOUT_FILENO))
        return hd_error_set(ret_error, HD_ERROR_USAGE,
                            "rom: that is no text for a terminal: say --output FILE");
    return true;
}

static bool
write_out(const char *bytes, gsize size, GError **ret_error)
{
    if (output_option != NULL)
        return hd_out_file(output_option, bytes, size, force_option, ret_error);
    return (fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0) ||
           hd_error_set(ret_error, HD_ERROR_INPUT, "the ROM could not be written to stdout");
}

/* What was written, and what is to be minded about it. */
static void
report(const HdCmd *cmd, const HdRomSource *source, const HdRom *rom, const char *bytes)
{
    g_autoptr(GPtrArray) findings = hd_rom_findings(rom, (const guint8 *)bytes, &source->card);
    g_autofree char *shown = output_option != NULL ? hd_text_printable(output_option, 256) : NULL;
    if (cmd->json) {
        hd_rom_print_json(source, rom, findings);
        return;
    }
    hd_out_findings(stderr, findings, TRUE);
    if (shown != NULL)
        (void)printf("%" G_GSIZE_FORMAT " bytes are in %s\n", rom->size, shown);
}

static bool
dump(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    g_auto(HdRomSource) source = {0};
    HdPciAddress address;
    if (!check_output(cmd, ret_error) || !hd_cmd_address(arguments[0], &address, ret_error) ||
        !hd_rom_source_read_card(cmd, state, &address, &source, ret_error) ||
        !write_out(source.bytes->str, source.bytes->len, ret_error))
        return false;
    g_autoptr(HdRom) rom = hd_rom_parse((const guint8 *)source.bytes->str, source.bytes->len);
    source.file = g_strdup(output_option);
    report(cmd, &source, rom, source.bytes->str);
    return true;
}

/* A card's own, or a file's; a file may be compared with a card. */
static bool
read_source(HdCmd *cmd, HdState *state, char *const *arguments, HdRomSource *source,
            GError **ret_error)
{
    HdPciAddress address;
    if (is_address(arguments[0], &address) && arguments[1] == NULL)
        return hd_rom_source_read_card(cmd, state, &address, source, ret_error);
    source->file = g_strdup(arguments[0]);
    if (!hd_cmd_read_file(arguments[0], &source->bytes, ret_error))
        return false;
    return arguments[1] == NULL ||
           (hd_cmd_address(arguments[1], &address, ret_error) &&
            hd_rom_source_set_card(cmd, state, &address, false, source, ret_error));
}

static HdExit
check(HdCmd *cmd, GError **ret_error)
{
    g_autoptr(HdState) state = hd_cmd_state(cmd, ret_error);
    g_auto(HdRomSource) source = {0};
    if (state == NULL || !read_source(cmd, state, cmd->arguments + 1, &source, ret_error))
        return HD_EXIT_FAILED;
    const guint8 *bytes = (const guint8 *)source.bytes->str;
    g_autoptr(HdRom) rom = hd_rom_parse(bytes, source.bytes->len);
    g_autoptr(GPtrArray) findings = hd_rom_findings(rom, bytes, &source.card);
    if (cmd->json)
        hd_rom_print_json(&source, rom, findings);
    else
        hd_out_findings(stdout, findings, FALSE);
    return hd_findings_worst(findings) == HD_LEVEL_PROBLEM ? HD_EXIT_FAILED : HD_EXIT_DONE;
}

static bool
trim(HdCmd *cmd, HdState *state, char *const *arguments, GError **ret_error)
{
    g_auto(HdRomSource) source = {0};
    g_autofree char *shown = hd_text_printable(arguments[0], 256);
    (void)state;
    if (!check_output(cmd, ret_error) || !hd_cmd_read_file(arguments[0], &source.bytes, ret_error))
        return false;
    g_autoptr(HdRom) whole = hd_rom_parse((const guint8 *)source.bytes->str, source.bytes->len);
    const char *bytes = source.bytes->str + whole->start;
    const gsize size = source.bytes->len - whole->start;
    if (whole->images->len == 0)
        return hd_error_set(ret_error, HD_ERROR_INPUT, "there is no ROM in %s", shown);
    g_autoptr(HdRom) rom = hd_rom_parse((const guint8 *)bytes, size);
    if (!write_out(bytes, size, ret_error))
        return false;
    source.file = g_strdup(output_option);
    report(cmd, &source, rom, bytes);
    return true;
}

static const HdCmdVerb verbs[] = {
    {"dump", 1, 1, true, dump},
    {"trim", 1, 1, false, trim},
};

static HdExit
run(HdCmd *cmd, GError **ret_error)
{
    const guint count = g_strv_length(cmd->arguments);
    if (!g_str_equal(cmd->arguments[0], "check"))
        return hd_cmd_run_verb(cmd, verbs, G_N_ELEMENTS(verbs), "rom dump", USAGE, ret_error);
    /* Its answer is an exit status, too. */
    if (count >= 2 && count <= 3 && output_option == NULL)
        return check(cmd, ret_error);
    (void)hd_error_set(ret_error, HD_ERROR_USAGE, USAGE);
    return HD_EXIT_USAGE;
}

const HdCmdInfo hd_cmd_rom = {
    "rom",
    "VERB [ARGUMENT...]",
    "a card's ROM as a file for a VM: dump, check, trim",
    1,
    3,
    false,
    options,
    run,
};

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A probe of OpenNebula's monitoring, in the place of its pci.rb. OpenNebula gives every
 * probe arguments and a text on stdin, of which this one needs neither.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "hd-error.h"
#include "hd-one-config.h"
#include "hd-one-place.h"
#include "hd-one-probe.h"
#include "hd-port-real.h"
#include "hd-text.h"

#define NAME       "opennebula-probe"
#define MAX_CONFIG (1 << 18)

/* As OpenNebula's own: a host with a configuration that can't be read is in error. */
enum { EXIT_CONFIG = 255, EXIT_USAGE = 2 };

typedef struct {
    char *sysroot, *config;
    char **ignored;
} Options;

static void
clear_options(Options *options)
{
    g_free(options->sysroot);
    g_free(options->config);
    g_strfreev(options->ignored);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static bool
parse_options(int argc, char **argv, Options *options, GError **ret_error)
{
    const GOptionEntry entries[] = {
        {"sysroot", 0, 0, G_OPTION_ARG_FILENAME, &options->sysroot,
         "work on the machine captured in DIR", "DIR"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options->config,
         "pci.conf (found by the path of this program)", "FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->ignored, "", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_set_prgname(NAME);
    g_option_context_set_summary(context, "the PCI devices of this host, for OpenNebula");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, &argc, &argv, ret_error);
}

/* argv[0] is a path when a shell, or `exec -a`, has set it. */
static char *
find_config(const char *program)
{
    const char *executed = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    bool is_path = program != NULL && strchr(program, '/') != NULL;
    return hd_one_place_config(is_path || executed == NULL ? program : executed);
}

static bool
read_config(const char *path, HdOneConfig **ret_config, GError **ret_error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (file == NULL)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s", g_strerror(errno));
    g_autofree char *text = g_malloc(MAX_CONFIG);
    errno = 0;
    gsize length = fread(text, 1, MAX_CONFIG, file);
    int error = ferror(file) != 0 ? errno : 0;
    (void)fclose(file);
    if (error != 0)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "%s", g_strerror(error));
    if (length == MAX_CONFIG)
        return hd_error_set(ret_error, HD_ERROR_CONFIG, "it is larger than 256 KiB");
    return hd_one_config_parse(text, length, ret_config, ret_error);
}

static bool
print(const char *text)
{
    return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
}

static int
run(const Options *options, const HdOneConfig *config)
{
    const char *root = options->sysroot != NULL ? options->sysroot : "/";
    g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_port_real_new(root, &error);
    if (port == NULL) {
        (void)fprintf(stderr, NAME ": %s\n", error->message);
        return EXIT_FAILURE;
    }
    g_autofree char *text = hd_one_probe(port, root, config, complaints);
    hd_port_real_free(port);
    for (guint i = 0; i < complaints->len; i++)
        (void)fprintf(stderr, NAME ": %s\n", (char *)g_ptr_array_index(complaints, i));
    return print(text) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(HdOneConfig) config = NULL;
    g_autofree char *program = g_strdup(argv[0]);
    if (!parse_options(argc, argv, &options, &error)) {
        (void)fprintf(stderr, NAME ": %s\n", error->message);
        return EXIT_USAGE;
    }
    g_autofree char *path =
        options.config != NULL ? g_strdup(options.config) : find_config(program);
    if (read_config(path, &config, &error))
        return run(&options, config);
    g_autofree char *shown = hd_text_printable(error->message, 300);
    (void)fprintf(stderr, "Invalid configuration %s\n" NAME ": %s\n", path, shown);
    return EXIT_CONFIG;
}

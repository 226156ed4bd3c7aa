/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What OpenNebula's monitoring is told about the devices of this host, in one pass: no
 * other program is run, and nothing is read of devices that nobody asks for.
 */
#include "hd-one-probe.h"

#include <errno.h>
#include <string.h>

#include "hd-error.h"
#include "hd-one-card.h"
#include "hd-one-interface.h"
#include "hd-one-profiles.h"
#include "hd-pci-filter.h"
#include "hd-pci-names.h"
#include "hd-text.h"

#define DEVICES "sys/bus/pci/devices"

/* One pass over the host. */
typedef struct {
    HdPort *port;
    const HdOneConfig *config;
    GPtrArray *complaints;
    GPtrArray *patterns; /* of GRegex*: for names */
    GArray *functions;   /* of Function: by address */
    HdPciNames *names;
    HdOneInterfaces *interfaces;
    GString *text;
} Probe;

typedef struct {
    HdPciAddress address;
    HdDeviceId id;
} Function;

static void G_GNUC_PRINTF(2, 3) complain(Probe *probe, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(probe->complaints, hd_text_printable(text, 300));
}

static bool
read_id(Probe *probe, const char *address, const char *attribute, guint *ret_value)
{
    g_autofree char *text = NULL;
    char *end = NULL;
    int error = hd_port_read(probe->port, &text, DEVICES "/%s/%s", address, attribute);
    guint64 value = error == 0 ? g_ascii_strtoull(text, &end, 16) : 0;
    if (error == 0 && (end == text || *end != '\0' || value > G_MAXUINT32))
        error = EPROTO;
    if (error != 0)
        complain(probe, "%s is left out: read its %s: %s", address, attribute, g_strerror(error));
    else
        *ret_value = (guint)value;
    return error == 0;
}

static void
add_function(Probe *probe, const char *name)
{
    Function function = {0};
    guint vendor, device, class;
    if (!hd_pci_address_parse(name, &function.address)) {
        complain(probe, "%s is left out: that is no PCI address", name);
        return;
    }
    if (!read_id(probe, name, "vendor", &vendor) || !read_id(probe, name, "device", &device) ||
        !read_id(probe, name, "class", &class))
        return;
    function.id = (HdDeviceId){
        .vendor = (guint16)vendor, .device = (guint16)device, .class_code = class & 0xffffff};
    g_array_append_val(probe->functions, function);
}

static gint
compare_functions(gconstpointer a, gconstpointer b)
{
    guint64 left = hd_pci_address_key(&((const Function *)a)->address);
    guint64 right = hd_pci_address_key(&((const Function *)b)->address);
    return (left > right) - (left < right);
}

static void
read_functions(Probe *probe)
{
    g_autoptr(GPtrArray) names = NULL;
    int error = hd_port_list(probe->port, &names, DEVICES);
    if (error != 0 && error != ENOENT)
        complain(probe, "list /" DEVICES ": %s", g_strerror(error));
    for (guint i = 0; names != NULL && i < names->len; i++)
        add_function(probe, g_ptr_array_index(names, i));
    g_array_sort(probe->functions, compare_functions);
}

static bool
fits_name(Probe *probe, const char *device_name)
{
    g_autofree char *text = g_utf8_make_valid(device_name, -1);
    bool fits = probe->config->device_names->len == 0;
    for (guint i = 0; i < probe->patterns->len && !fits; i++) {
        g_autoptr(GError) problem = NULL;
        fits = g_regex_match_full(g_ptr_array_index(probe->patterns, i), text, -1, 0, 0, NULL,
                                  &problem);
        if (problem != NULL)
            complain(probe, ":device_name: %s", problem->message);
    }
    return fits;
}

/* Returns 0 or an errno value. */
static int
read_role(HdPort *port, const char *address, HdOneCard *card)
{
    if (hd_port_exists(port, DEVICES "/%s/physfn", address)) {
        card->role = HD_ONE_ROLE_VF;
        return 0;
    }
    int error = hd_port_read(port, &card->vf_count, DEVICES "/%s/sriov_numvfs", address);
    if (error != 0 && error != ENOENT)
        return error;
    bool is_pf = error == 0 || hd_port_exists(port, DEVICES "/%s/sriov_totalvfs", address);
    card->role = is_pf ? HD_ONE_ROLE_PF : HD_ONE_ROLE_NONE;
    if (error == ENOENT || *card->vf_count == '\0') {
        g_free(card->vf_count);
        card->vf_count = g_strdup("0");
    }
    return 0;
}

/* Whether its VFs are what guests get. */
static bool
is_skipped(Probe *probe, const char *address, const HdOneCard *card)
{
    bool has_vf = card->is_nvidia && hd_port_exists(probe->port, DEVICES "/%s/virtfn0", address);
    bool has_count = card->role == HD_ONE_ROLE_PF && g_ascii_strtoll(card->vf_count, NULL, 10) > 0;
    return has_vf || has_count;
}

static char *
read_numa_node(HdPort *port, const char *address)
{
    char *text = NULL;
    if (hd_port_read(port, &text, DEVICES "/%s/numa_node", address) == 0 &&
        g_ascii_strtoll(text, NULL, 10) >= 0)
        return text;
    g_free(text);
    return g_strdup("-");
}

/* What is read only of a function that is printed. */
static void
complete(Probe *probe, const char *address, HdOneCard *card)
{
    card->vendor_name = hd_pci_names_shown(probe->names, HD_PCI_NAMES_VENDOR, &card->id);
    card->class_name = hd_pci_names_shown(probe->names, HD_PCI_NAMES_CLASS, &card->id);
    card->numa_node = read_numa_node(probe->port, address);
    card->interface = hd_one_interfaces_find(probe->interfaces, &card->address);
    if (!card->is_nvidia || card->role != HD_ONE_ROLE_VF)
        return;
    card->profiles = hd_one_profiles_read(probe->port, address);
    card->is_legacy = hd_one_profiles_are_mdev(probe->port, address);
}

static void
add_card(Probe *probe, const Function *function)
{
    const HdPciAddressText address = hd_pci_address_text(&function->address);
    g_autofree char *short_address = hd_one_card_short_address(&function->address);
    g_autofree char *vendor = g_strdup_printf("%04x", function->id.vendor);
    const HdOneWords *wanted = &probe->config->short_address;
    g_autoptr(HdOneCard) card = g_new0(HdOneCard, 1);
    if (!hd_one_words_is_empty(wanted) && !hd_one_words_has(wanted, short_address))
        return;
    card->address = function->address;
    card->id = function->id;
    card->device_name = hd_pci_names_shown(probe->names, HD_PCI_NAMES_PRODUCT, &card->id);
    if (!fits_name(probe, card->device_name))
        return;
    card->is_nvidia = hd_one_words_has(&probe->config->nvidia_vendors, vendor);
    int error = read_role(probe->port, address.text, card);
    if (error != 0) {
        complain(probe, "%s is left out: read its sriov_numvfs: %s", address.text,
                 g_strerror(error));
        return;
    }
    if (is_skipped(probe, address.text, card))
        return;
    complete(probe, address.text, card);
    hd_one_card_format(card, probe->text);
}

static void
add_filtered(Probe *probe, const char *filter_text)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(HdPciFilter) filter = hd_pci_filter_new();
    /* No filter at all lets everything pass; lspci takes an empty one for a mistake. */
    bool is_good = *filter_text != '\0' ? hd_pci_filter_add_ids(filter, filter_text, &problem)
                                        : hd_error_set(&problem, HD_ERROR_USAGE, "it is empty");
    if (!is_good)
        complain(probe, ":filter: '%s' is no filter of lspci: %s", filter_text, problem->message);
    for (guint i = 0; is_good && i < probe->functions->len; i++) {
        const Function *function = &g_array_index(probe->functions, Function, i);
        const HdDevice device = {.address = function->address, .id = function->id};
        if (hd_pci_filter_passes(filter, &device, NULL))
            add_card(probe, function);
    }
}

static void
compile_patterns(Probe *probe)
{
    for (guint i = 0; i < probe->config->device_names->len; i++) {
        g_autoptr(GError) problem = NULL;
        GRegex *pattern = g_regex_new(g_ptr_array_index(probe->config->device_names, i),
                                      G_REGEX_CASELESS | G_REGEX_MULTILINE, 0, &problem);
        if (pattern != NULL)
            g_ptr_array_add(probe->patterns, pattern);
        else
            complain(probe, ":device_name: %s", problem->message);
    }
}

/* 07:00.0 without quotes is a number to YAML, in OpenNebula's own probe too. */
static void
check_addresses(Probe *probe)
{
    const GPtrArray *others = probe->config->short_address.others;
    for (guint i = 0; i < others->len; i++)
        complain(probe,
                 ":short_address: '%s' is no text to YAML and fits no device: put it in quotes",
                 (char *)g_ptr_array_index(others, i));
}

static void
add_all(Probe *probe)
{
    const GPtrArray *filters = probe->config->filters;
    check_addresses(probe);
    compile_patterns(probe);
    if (filters == NULL || filters->len > 0)
        read_functions(probe);
    for (guint i = 0; filters != NULL && i < filters->len; i++)
        add_filtered(probe, g_ptr_array_index(filters, i));
    for (guint i = 0; filters == NULL && i < probe->functions->len; i++)
        add_card(probe, &g_array_index(probe->functions, Function, i));
}

static void
free_pattern(gpointer pattern)
{
    g_regex_unref(pattern);
}

char *
hd_one_probe(HdPort *port, const char *root, const HdOneConfig *config, GPtrArray *complaints)
{
    g_autoptr(GPtrArray) patterns = g_ptr_array_new_with_free_func(free_pattern);
    g_autoptr(GArray) functions = g_array_new(FALSE, FALSE, sizeof(Function));
    g_autoptr(HdPciNames) names = hd_pci_names_new();
    g_autoptr(HdOneCache) cache = hd_one_cache_new(root);
    g_autoptr(HdOneInterfaces) interfaces = hd_one_interfaces_new(port, cache);
    Probe probe = {.port = port,
                   .config = config,
                   .complaints = complaints,
                   .patterns = patterns,
                   .functions = functions,
                   .names = names,
                   .interfaces = interfaces,
                   .text = g_string_new(NULL)};
    add_all(&probe);
    return g_string_free(probe.text, FALSE);
}

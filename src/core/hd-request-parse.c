/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines of text as a request again. They come from a process that has read what a
 * stranger wrote and may obey him by now: nothing is believed that a domain's XML could
 * not have said.
 */
#include <string.h>

#include "hd-desktop.h"
#include "hd-mdev-line.h"
#include "hd-request-text.h"
#include "hd-text.h"

#define MAX_KB     (G_GUINT64_CONSTANT(1) << 50)
#define MAX_UNREAD 1024
/* A wish has two lines at most; the rest is for the pages. An mdev has a word for each attribute.
 */
#define MAX_LINES (3 * HD_REQUEST_MAX_WISHES)
#define MAX_WORDS 4096

static bool
parse_number(char *const *words, const char *key, guint64 max, guint64 *ret_number)
{
    guint64 number;
    if (!hd_text_number(words, key, &number) || number > max)
        return false;
    *ret_number = number;
    return true;
}

static bool
parse_policy(char *const *words, HdPolicy *ret_policy)
{
    g_autofree char *digits = hd_text_value(words, "policy");
    HdPolicy policy = {0};
    if (digits == NULL || strlen(digits) != HD_RULE_COUNT + 1)
        return false;
    for (guint i = 0; i < HD_RULE_COUNT; i++) {
        if (digits[i] < '0' || digits[i] > '0' + HD_STANCE_ALLOW)
            return false;
        policy.stance[i] = (HdStance)(digits[i] - '0');
    }
    const char choice = digits[HD_RULE_COUNT];
    if (choice < '0' || choice > '0' + HD_CHOICE_NUMA)
        return false;
    policy.choice = (HdChoice)(choice - '0');
    *ret_policy = policy;
    return true;
}

static bool
is_printable(const char *text)
{
    g_autofree char *printable = hd_text_printable(text, MAX_UNREAD);
    return g_str_equal(text, printable);
}

static bool
parse_folder(char *const *words, char **ret_folder)
{
    g_autofree char *folder = hd_text_value(words, "folder");
    g_autofree char *path = folder != NULL ? g_strconcat("/", folder, NULL) : NULL;
    g_autofree char *clean = path != NULL ? hd_request_clean_one_folder(path) : NULL;
    if (g_strcmp0(folder, clean) != 0)
        return false;
    *ret_folder = g_steal_pointer(&folder);
    return true;
}

/* "" is none. */
static bool
parse_units(char *const *words, char **ret_units)
{
    g_autofree char *text = hd_text_value(words, "stop");
    g_autoptr(GPtrArray) units = NULL;
    if (text != NULL && !hd_units_parse(text, &units))
        return false;
    *ret_units = g_steal_pointer(&text);
    return true;
}

static HdRequest *
parse_head(char *const *words)
{
    g_autofree char *name = hd_text_value(words, "name");
    g_autofree char *uuid_text = hd_text_value(words, "uuid");
    g_autofree char *unread = hd_text_value(words, "unread");
    HdUuid uuid;
    guint64 allocates;
    if (name == NULL || !hd_request_is_vm_name(name) || uuid_text == NULL ||
        !hd_uuid_parse(uuid_text, &uuid) || (unread != NULL && !is_printable(unread)))
        return NULL;
    g_autoptr(HdRequest) request = hd_request_new(name, &uuid);
    if (!parse_policy(words, &request->policy) || !parse_folder(words, &request->one_folder) ||
        !parse_units(words, &request->stop_units) ||
        !parse_number(words, "nodes", G_MAXUINT64, &request->numa_nodes) ||
        !parse_number(words, "allocates", HD_ASK_YES, &allocates))
        return NULL;
    request->allocates = (HdAsk)allocates;
    request->pages_unread = g_steal_pointer(&unread);
    return g_steal_pointer(&request);
}

static bool
parse_pages(char *const *words, HdRequest *request)
{
    HdPagesNeed need;
    if (!parse_number(words, "size", MAX_KB, &need.size_kb) ||
        !parse_number(words, "nodes", G_MAXUINT64, &need.nodes) ||
        !parse_number(words, "kb", MAX_KB, &need.kb))
        return false;
    g_array_append_val(request->pages, need);
    return true;
}

/* A value that a person may ask for, not all that a driver may report. */
static bool
parse_vf(const char *text, HdVfSettings *ret_settings)
{
    HdVfSettings settings, checked = {0};
    if (!hd_vf_settings_parse(text, &settings))
        return false;
    for (guint i = 0; i < HD_VF_KEY_COUNT; i++) {
        if (!hd_vf_settings_has(&settings, (HdVfKey)i))
            continue;
        g_autofree char *value = hd_vf_settings_value(&settings, (HdVfKey)i);
        if (hd_vf_settings_set(&checked, hd_vf_key_name((HdVfKey)i), value) != NULL)
            return false;
    }
    *ret_settings = checked;
    return true;
}

static bool
parse_name(char *const *words, const char *key, char **ret_name)
{
    g_autofree char *name = hd_text_value(words, key);
    if (name != NULL && !hd_text_is_name(name))
        return false;
    *ret_name = g_steal_pointer(&name);
    return true;
}

static bool
parse_address(char *const *words, const HdRequest *request, HdPciAddress *ret_address)
{
    g_autofree char *text = hd_text_value(words, "address");
    HdPciAddress address;
    if (text == NULL || !hd_pci_address_parse(text, &address) ||
        hd_request_find_pci(request, &address) != NULL)
        return false;
    *ret_address = address;
    return true;
}

static bool
parse_tuning(char *const *words, HdTuning *tuning)
{
    static const char *const names[] = {"reset", "d3cold", "power", "rebar"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = hd_text_value(words, names[i]);
        if (value != NULL && hd_tuning_set(tuning, names[i], value) != NULL)
            return false;
    }
    return true;
}

/* What our metadata and the device's own elements add to a function. */
static bool
parse_pci(char *const *words, HdWish *wish)
{
    g_autofree char *id = hd_text_value(words, "id");
    g_autofree char *vgpu = hd_text_value(words, "vgpu");
    g_autofree char *vf = hd_text_value(words, "vf");
    if ((id != NULL && !hd_text_is_device_id(id)) ||
        (vgpu != NULL && (wish->kind != HD_WISH_PCI || !hd_mdev_is_type_name(vgpu))) ||
        (vf != NULL && (wish->kind == HD_WISH_NVME || !parse_vf(vf, &wish->vf))) ||
        !parse_name(words, "driver", &wish->driver) ||
        !parse_name(words, "mapping", &wish->mapping) || !parse_tuning(words, &wish->tuning))
        return false;
    wish->expected_id = g_steal_pointer(&id);
    wish->vgpu_type = g_steal_pointer(&vgpu);
    return true;
}

static bool
parse_uuid(char *const *words, const HdRequest *request, HdUuid *ret_uuid)
{
    g_autofree char *text = hd_text_value(words, "uuid");
    HdUuid uuid;
    if (text == NULL || !hd_uuid_parse(text, &uuid) || hd_request_find_mdev(request, &uuid) != NULL)
        return false;
    *ret_uuid = uuid;
    return true;
}

static bool
parse_usb(char *const *words, HdUsbWish *ret_usb)
{
    guint64 vendor, product, bus, device, startup;
    if (!parse_number(words, "vendor", 0xffff, &vendor) ||
        !parse_number(words, "product", 0xffff, &product) ||
        !parse_number(words, "bus", 999, &bus) || !parse_number(words, "device", 127, &device) ||
        !parse_number(words, "startup", HD_USB_OPTIONAL, &startup) || (bus == 0) != (device == 0) ||
        (vendor == 0 && bus == 0))
        return false;
    *ret_usb = (HdUsbWish){(guint)vendor, (guint)product, (guint)bus, (guint)device,
                           (HdUsbStartup)startup};
    return true;
}

static bool
parse_path(char *const *words, const HdRequest *request, char **ret_path)
{
    g_autofree char *path = hd_text_value(words, "path");
    if (path == NULL || !hd_request_is_tty_path(path) || hd_request_find_tty(request, path) != NULL)
        return false;
    *ret_path = g_steal_pointer(&path);
    return true;
}

/* Reads what @kind is about before it is one of the request's wishes, where it would find itself.
 */
static bool
parse_subject(char *const *words, const HdRequest *request, HdWish *subject)
{
    switch (subject->kind) {
    case HD_WISH_PCI:
    case HD_WISH_NVME:
    case HD_WISH_INTERFACE:
        return parse_address(words, request, &subject->address);
    case HD_WISH_MDEV:
        return parse_uuid(words, request, &subject->uuid);
    case HD_WISH_USB:
        return parse_usb(words, &subject->usb);
    case HD_WISH_TTY:
        return parse_path(words, request, &subject->path);
    }
    return false;
}

static bool
parse_wish(char *const *words, HdRequest *request)
{
    guint64 kind, managed;
    HdWish subject = {0};
    if (request->wishes->len >= HD_REQUEST_MAX_WISHES ||
        !parse_number(words, "kind", HD_WISH_TTY, &kind) ||
        !parse_number(words, "managed", 1, &managed))
        return false;
    subject.kind = (HdWishKind)kind;
    subject.managed = managed == 1;
    if (!parse_subject(words, request, &subject))
        return false;
    HdWish *wish = hd_request_add(request, subject.kind);
    *wish = subject;
    if (!parse_policy(words, &wish->policy))
        return false;
    if (wish->kind == HD_WISH_MDEV)
        return parse_name(words, "model", &wish->model) &&
               parse_name(words, "mapping", &wish->mapping);
    return !hd_wish_is_pci(wish) || parse_pci(words, wish);
}

/* What the mdev above is to be. */
static bool
parse_spec(char *const *words, HdRequest *request)
{
    HdWish *wish = request->wishes->len > 0
                       ? g_ptr_array_index(request->wishes, request->wishes->len - 1)
                       : NULL;
    return wish != NULL && wish->kind == HD_WISH_MDEV && wish->mdev == NULL &&
           hd_mdev_spec_parse(words, &wish->mdev) && hd_uuid_equal(&wish->mdev->uuid, &wish->uuid);
}

static bool
parse_line(const char *line, HdRequest *request)
{
    g_auto(GStrv) words = g_strsplit(line, " ", MAX_WORDS);
    if (g_strcmp0(words[0], "pages") == 0)
        return parse_pages(words + 1, request);
    if (g_strcmp0(words[0], "wish") == 0)
        return parse_wish(words + 1, request);
    return g_strcmp0(words[0], "mdev") == 0 && parse_spec(words + 1, request);
}

bool
hd_request_parse(const char *text, HdRequest **ret_request)
{
    /* A text with more lines has a last one that doesn't end. */
    g_auto(GStrv) lines = g_strsplit(text, "\n", MAX_LINES);
    const guint count = g_strv_length(lines);
    /* The last line ends, too. */
    if (count < 2 || *lines[count - 1] != '\0')
        return false;
    g_auto(GStrv) words = g_strsplit(lines[0], " ", MAX_WORDS);
    g_autoptr(HdRequest) request = g_strcmp0(words[0], "vm") == 0 ? parse_head(words + 1) : NULL;
    if (request == NULL)
        return false;
    for (guint i = 1; i + 1 < count; i++) {
        if (!parse_line(lines[i], request))
            return false;
    }
    *ret_request = g_steal_pointer(&request);
    return true;
}

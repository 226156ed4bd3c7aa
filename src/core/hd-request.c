/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The request is the narrow door between XML and decisions: what a domain asks
 * for, in our own types, with nothing of XML left in it.
 */
#include "hd-request.h"

#include <string.h>

#include "hd-text.h"

/* libvirt stores a domain as NAME.xml, so no name is longer than a file's. */
#define MAX_NAME_BYTES 255

static void
wish_free(gpointer data)
{
    HdWish *wish = data;
    g_free(wish->driver);
    g_free(wish->expected_id);
    g_free(wish->vgpu_type);
    g_free(wish->model);
    hd_mdev_spec_free(wish->mdev);
    g_free(wish->mapping);
    g_free(wish->path);
    hd_tuning_clear(&wish->tuning);
    g_free(wish);
}

HdRequest *
hd_request_new(const char *name, const HdUuid *uuid)
{
    HdRequest *request = g_new0(HdRequest, 1);
    request->name = g_strdup(name);
    request->uuid = *uuid;
    request->wishes = g_ptr_array_new_with_free_func(wish_free);
    request->pages = g_array_new(FALSE, FALSE, sizeof(HdPagesNeed));
    return request;
}

void
hd_request_free(HdRequest *request)
{
    if (request == NULL)
        return;
    g_free(request->name);
    g_free(request->one_folder);
    g_ptr_array_unref(request->wishes);
    g_array_unref(request->pages);
    g_free(request->pages_unread);
    g_free(request->stop_units);
    g_free(request);
}

HdWish *
hd_request_add(HdRequest *request, HdWishKind kind)
{
    HdWish *wish = g_new0(HdWish, 1);
    wish->kind = kind;
    g_ptr_array_add(request->wishes, wish);
    return wish;
}

HdWish *
hd_request_add_copy(HdRequest *request, const HdWish *wish)
{
    HdWish *copy = hd_request_add(request, wish->kind);
    *copy = (HdWish){.kind = wish->kind,
                     .address = wish->address,
                     .managed = wish->managed,
                     .driver = g_strdup(wish->driver),
                     .expected_id = g_strdup(wish->expected_id),
                     .policy = wish->policy,
                     .vgpu_type = g_strdup(wish->vgpu_type),
                     .vf = wish->vf,
                     .mapping = g_strdup(wish->mapping)};
    hd_tuning_copy(&wish->tuning, &copy->tuning);
    return copy;
}

HdWish *
hd_request_find_pci(const HdRequest *request, const HdPciAddress *address)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (hd_wish_is_pci(wish) && hd_pci_address_equal(&wish->address, address))
            return wish;
    }
    return NULL;
}

HdWish *
hd_request_find_mdev(const HdRequest *request, const HdUuid *uuid)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind == HD_WISH_MDEV && hd_uuid_equal(&wish->uuid, uuid))
            return wish;
    }
    return NULL;
}

HdWish *
hd_request_find_tty(const HdRequest *request, const char *path)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        HdWish *wish = g_ptr_array_index(request->wishes, i);
        if (wish->kind == HD_WISH_TTY && g_str_equal(wish->path, path))
            return wish;
    }
    return NULL;
}

bool
hd_request_is_ours(const HdRequest *request)
{
    return request->wishes->len > 0 || hd_request_asks_pages(request, true);
}

bool
hd_request_asks_pages(const HdRequest *request, bool is_default)
{
    bool is_asked =
        request->allocates == HD_ASK_YES || (request->allocates == HD_ASK_UNSET && is_default);
    return is_asked && (request->pages->len > 0 || request->pages_unread != NULL);
}

bool
hd_wish_is_pci(const HdWish *wish)
{
    return wish->kind == HD_WISH_PCI || wish->kind == HD_WISH_NVME ||
           wish->kind == HD_WISH_INTERFACE;
}

bool
hd_wish_is_bound_by_us(const HdWish *wish)
{
    return hd_wish_is_pci(wish) && wish->vgpu_type == NULL &&
           !(wish->kind == HD_WISH_INTERFACE && wish->managed);
}

bool
hd_request_is_vm_name(const char *name)
{
    return hd_text_is_plain(name, MAX_NAME_BYTES);
}

bool
hd_request_is_tty_path(const char *path)
{
    g_autofree char *framed = g_strconcat(path, "/", NULL);
    return g_str_has_prefix(path, "/dev/") && strstr(framed, "/../") == NULL &&
           strlen(path) <= 255 && g_utf8_validate(path, -1, NULL);
}

static bool
is_number(const char *text)
{
    gsize length = strlen(text);
    return length > 0 && length < 10 && strspn(text, "0123456789") == length;
}

/* "/var/lib/one//datastores/0/7" -> "var/lib/one/datastores/0/7" */
char *
hd_request_clean_one_folder(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (*path != '/')
        return NULL;
    for (char **part = parts; *part != NULL; part++) {
        if (**part == '\0')
            continue;
        if (!hd_text_is_name(*part))
            return NULL;
        g_ptr_array_add(names, *part);
    }
    guint count = names->len;
    g_ptr_array_add(names, NULL);
    char **list = (char **)names->pdata;
    if (count < 3 || !g_str_equal(list[count - 3], "datastores") || !is_number(list[count - 2]) ||
        !is_number(list[count - 1]))
        return NULL;
    return g_strjoinv("/", list);
}

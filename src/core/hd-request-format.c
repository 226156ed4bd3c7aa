/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A request as lines of text, for the way from the process that has read it to the one
 * that acts on it.
 */
#include "hd-mdev-line.h"
#include "hd-request-text.h"
#include "hd-text.h"

/* A digit for each rule and one for the choice. */
static void
append_policy(GString *line, const HdPolicy *policy)
{
    g_string_append(line, " policy=");
    for (guint i = 0; i < HD_RULE_COUNT; i++)
        g_string_append_printf(line, "%d", (int)policy->stance[i]);
    g_string_append_printf(line, "%d", (int)policy->choice);
}

static void
append_head(GString *text, const HdRequest *request)
{
    g_string_append(text, "vm");
    hd_text_append_pair(text, "name", request->name);
    hd_text_append_pair(text, "uuid", request->uuid.text);
    hd_text_append_pair(text, "folder", request->one_folder);
    hd_text_append_pair(text, "unread", request->pages_unread);
    hd_text_append_pair(text, "stop", request->stop_units);
    append_policy(text, &request->policy);
    g_string_append_printf(text, " nodes=%" G_GUINT64_FORMAT " allocates=%d\n", request->numa_nodes,
                           (int)request->allocates);
}

static void
append_pages(GString *text, const HdPagesNeed *need)
{
    g_string_append_printf(text,
                           "pages size=%" G_GUINT64_FORMAT " nodes=%" G_GUINT64_FORMAT
                           " kb=%" G_GUINT64_FORMAT "\n",
                           need->size_kb, need->nodes, need->kb);
}

static void
append_tuning(GString *text, const HdTuning *tuning)
{
    g_autofree char *bars = hd_bars_is_set(&tuning->bars) ? hd_bars_format(&tuning->bars) : NULL;
    hd_text_append_pair(text, "reset", tuning->reset_method);
    if (tuning->d3cold != NULL)
        hd_text_append_pair(text, "d3cold", g_str_equal(tuning->d3cold, "1") ? "on" : "off");
    hd_text_append_pair(text, "power", tuning->power);
    hd_text_append_pair(text, "rebar", bars);
}

static void
append_wish(GString *text, const HdWish *wish)
{
    const HdUsbWish *usb = &wish->usb;
    g_autofree char *vf = hd_vf_settings_format(&wish->vf);
    g_string_append_printf(text, "wish kind=%d managed=%d", (int)wish->kind, wish->managed);
    if (hd_wish_is_pci(wish))
        hd_text_append_pair(text, "address", hd_pci_address_text(&wish->address).text);
    if (wish->kind == HD_WISH_MDEV)
        hd_text_append_pair(text, "uuid", wish->uuid.text);
    if (wish->kind == HD_WISH_USB)
        g_string_append_printf(text, " vendor=%u product=%u bus=%u device=%u startup=%d",
                               usb->vendor, usb->product, usb->bus, usb->device, (int)usb->startup);
    hd_text_append_pair(text, "driver", wish->driver);
    hd_text_append_pair(text, "id", wish->expected_id);
    hd_text_append_pair(text, "vgpu", wish->vgpu_type);
    hd_text_append_pair(text, "vf", *vf != '\0' ? vf : NULL);
    hd_text_append_pair(text, "model", wish->model);
    hd_text_append_pair(text, "mapping", wish->mapping);
    hd_text_append_pair(text, "path", wish->path);
    append_tuning(text, &wish->tuning);
    append_policy(text, &wish->policy);
    g_string_append_c(text, '\n');
    g_autofree char *spec = wish->mdev != NULL ? hd_mdev_spec_format(wish->mdev) : NULL;
    if (spec != NULL)
        g_string_append_printf(text, "%s\n", spec);
}

char *
hd_request_format(const HdRequest *request)
{
    GString *text = g_string_new(NULL);
    append_head(text, request);
    for (guint i = 0; i < request->pages->len; i++)
        append_pages(text, &g_array_index(request->pages, HdPagesNeed, i));
    for (guint i = 0; i < request->wishes->len; i++)
        append_wish(text, g_ptr_array_index(request->wishes, i));
    return g_string_free(text, FALSE);
}

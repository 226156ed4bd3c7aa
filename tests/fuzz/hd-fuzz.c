/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What must hold whatever the input was, said once for all targets.
 */
#include "hd-fuzz.h"

#include <string.h>

#include "hd-text.h"

#define LONGEST_LINE 1100 /* characters */

void
hd_fuzz_check_line(const char *text)
{
    g_autofree char *shown = hd_text_printable(text, G_MAXSIZE);
    g_assert_cmpstr(text, ==, shown);
    g_assert_cmpint(g_utf8_strlen(text, -1), >, 0);
    g_assert_cmpint(g_utf8_strlen(text, -1), <, LONGEST_LINE);
}

void
hd_fuzz_check_outcome(bool outcome, const GError *error)
{
    g_assert_true(outcome == (error == NULL));
    if (error != NULL)
        hd_fuzz_check_line(error->message);
}

static void
check_mdev(const HdMdevSpec *spec)
{
    hd_fuzz_check_line(spec->type);
    g_assert_true(spec->parent == NULL || hd_mdev_is_parent_name(spec->parent));
    g_autoptr(GPtrArray) again = hd_mdev_attributes_new();
    for (guint i = 0; i < spec->attributes->len; i++) {
        const HdMdevAttribute *attribute = g_ptr_array_index(spec->attributes, i);
        g_assert_true(hd_mdev_attributes_add(again, attribute->name, attribute->value));
        g_assert_true(attribute->name[0] != '/' && strstr(attribute->name, "..") == NULL);
    }
}

static void
check_wish(const HdRequest *request, const HdWish *wish)
{
    HdPciAddress address;
    HdUuid uuid;
    if (hd_wish_is_pci(wish)) {
        g_assert_true(hd_pci_address_parse(hd_pci_address_text(&wish->address).text, &address));
        g_assert_true(hd_request_find_pci(request, &address) == wish);
    }
    if (wish->kind == HD_WISH_MDEV)
        g_assert_true(hd_uuid_parse(wish->uuid.text, &uuid));
    if (wish->kind == HD_WISH_USB)
        g_assert_true(wish->usb.vendor != 0 || wish->usb.bus != 0);
    if (wish->kind == HD_WISH_TTY)
        g_assert_true(g_str_has_prefix(wish->path, "/dev/") && strstr(wish->path, "/../") == NULL);
    if (wish->vgpu_type != NULL)
        hd_fuzz_check_line(wish->vgpu_type);
    if (wish->mdev != NULL)
        check_mdev(wish->mdev);
    g_assert_true(wish->driver == NULL || hd_text_is_name(wish->driver));
    g_assert_true(wish->model == NULL || hd_text_is_name(wish->model));
    g_assert_true(wish->mapping == NULL || hd_text_is_name(wish->mapping));
    g_assert_true(wish->expected_id == NULL || hd_text_is_device_id(wish->expected_id));
    g_assert_null(hd_vf_settings_check(&wish->vf));
}

void
hd_fuzz_check_wishes(const HdRequest *request)
{
    HdUuid uuid;
    g_assert_true(hd_uuid_parse(request->uuid.text, &uuid));
    if (request->one_folder != NULL) {
        g_autofree char *framed = g_strconcat("/", request->one_folder, "/", NULL);
        g_assert_true(request->one_folder[0] != '/' && strstr(framed, "/../") == NULL);
    }
    for (const char *c = request->name; *c != '\0'; c++)
        g_assert_false(g_ascii_iscntrl(*c));
    for (guint i = 0; i < request->wishes->len; i++)
        check_wish(request, g_ptr_array_index(request->wishes, i));
}

void
hd_fuzz_check_same_devices(const HdRequest *a, const HdRequest *b)
{
    g_assert_cmpuint(a->wishes->len, ==, b->wishes->len);
    for (guint i = 0; i < a->wishes->len; i++) {
        const HdWish *one = g_ptr_array_index(a->wishes, i);
        const HdWish *other = g_ptr_array_index(b->wishes, i);
        g_assert_true(one->kind == other->kind && one->managed == other->managed);
        g_assert_true(hd_pci_address_equal(&one->address, &other->address));
        g_assert_true(hd_uuid_equal(&one->uuid, &other->uuid));
        g_assert_true(one->usb.bus == other->usb.bus && one->usb.device == other->usb.device);
        g_assert_cmpstr(one->path, ==, other->path);
    }
}

static bool
is_wanted_usb(const HdRequest *request, const HdUsbPlace *place)
{
    bool is_wanted = false;
    for (guint i = 0; i < request->wishes->len && !is_wanted; i++) {
        const HdWish *wish = g_ptr_array_index(request->wishes, i);
        bool is_here = wish->usb.bus == 0 ||
                       (wish->usb.bus == place->bus && wish->usb.device == place->device);
        bool is_such = wish->usb.vendor == 0 ||
                       (wish->usb.vendor == place->vendor && wish->usb.product == place->product);
        is_wanted = wish->kind == HD_WISH_USB && is_here && is_such;
    }
    return is_wanted;
}

static bool
wants_kind(const HdRequest *request, HdWishKind kind)
{
    for (guint i = 0; i < request->wishes->len; i++) {
        if (((const HdWish *)g_ptr_array_index(request->wishes, i))->kind == kind)
            return true;
    }
    return false;
}

/* Nothing is touched that nobody has named, but for what shares a group with it. */
static bool
is_wanted(const HdRequest *request, const HdGoal *goal)
{
    if (goal->kind == HD_GOAL_PAGES)
        return hd_request_asks_pages(request, true);
    if (hd_goal_is_about_mdev(goal))
        return hd_request_find_mdev(request, &goal->uuid) != NULL;
    if (goal->usb.bus != 0)
        return is_wanted_usb(request, &goal->usb);
    if (goal->tty != NULL)
        return wants_kind(request, HD_WISH_TTY);
    if (goal->kind == HD_GOAL_NODE && goal->node == HD_NODE_IOMMU)
        return request->wishes->len > 0;
    return goal->companion || hd_request_find_pci(request, &goal->address) != NULL;
}

static void
check_goal(const HdGoal *goal, const HdRequest *request)
{
    g_autoptr(HdGoal) again = NULL;
    g_autofree char *line = hd_goal_format(goal);
    g_autofree char *words = hd_goal_describe(goal);
    g_assert_true(is_wanted(request, goal));
    g_assert_true(hd_goal_parse(line, &again));
    g_autofree char *same = hd_goal_format(again);
    g_assert_cmpstr(line, ==, same);
    hd_fuzz_check_line(words);
}

void
hd_fuzz_check_plan(const HdPlan *plan, const HdRequest *request)
{
    for (guint i = 0; i < plan->goals->len; i++)
        check_goal(g_ptr_array_index(plan->goals, i), request);
    for (guint i = 0; i < plan->refusals->len; i++) {
        g_autofree char *sentence = hd_refusal_sentence(g_ptr_array_index(plan->refusals, i));
        hd_fuzz_check_line(sentence);
    }
    for (guint i = 0; i < plan->notes->len; i++)
        hd_fuzz_check_line(g_ptr_array_index(plan->notes, i));
}

bool
hd_fuzz_is_within(const char *old, const char *new)
{
    for (; *new != '\0' && *old != '\0'; new ++)
        old += *old == *new ? 1 : 0;
    return *old == '\0';
}

char *
hd_fuzz_text(const uint8_t *bytes, size_t length)
{
    return g_strndup((const char *)bytes, length);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What mdevs there can be and are: who is found, what a person is told of the types, and which
 * names and values may reach the kernel.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-mdev-bus.h"
#include "hd-test.h"

#define ONE "11111111-aaaa-4aaa-8aaa-111111111111"
#define TWO "22222222-aaaa-4aaa-8aaa-111111111111"

static HdMdevBus *bus;

static void
add_type(HdMdevParent *parent, const char *id, const char *name)
{
    HdMdevType *type = g_new0(HdMdevType, 1);
    type->id = g_strdup(id);
    type->name = g_strdup(name);
    g_ptr_array_add(parent->types, type);
}

static HdMdevParent *
add_parent(const char *name)
{
    HdMdevParent *parent = hd_mdev_parent_new(name, -1);
    g_ptr_array_add(bus->parents, parent);
    return parent;
}

static void
add_definition(const char *uuid, const char *parent)
{
    const HdUuid parsed = hd_fake_uuid(uuid);
    g_ptr_array_add(bus->definitions, hd_mdev_spec_new(&parsed, "t", parent));
}

static void
setup(void)
{
    bus = hd_mdev_bus_new();
}

static void
teardown(void)
{
    hd_mdev_bus_free(bus);
}

static void
assert_types(const char *parent, const char *wanted)
{
    g_autofree char *text = hd_mdev_bus_describe_types(bus, parent);
    ck_assert_str_eq(text, wanted);
}

START_TEST(types_in_words)
{
    assert_types(NULL, "none");
    HdMdevParent *first = add_parent("one");
    HdMdevParent *second = add_parent("two");
    assert_types(NULL, "none");
    add_type(first, "a", NULL);
    assert_types(NULL, "a");
    add_type(first, "b", "b");
    add_type(first, "c", "GRID C");
    add_type(second, "c", "GRID C");
    add_type(second, "c", "GRID D");
    assert_types(NULL, "a, b, c (GRID C), c (GRID D)");
    assert_types("one", "a, b, c (GRID C)");
    assert_types("two", "c (GRID C), c (GRID D)");
    assert_types("three", "none");
}
END_TEST

START_TEST(not_all_types)
{
    HdMdevParent *parent = add_parent("one");
    for (char id[] = "a"; *id <= 'l'; id[0]++)
        add_type(parent, id, NULL);
    assert_types(NULL, "a, b, c, d, e, f, g, h, i, j, k, l");
    add_type(parent, "m", NULL);
    assert_types(NULL, "a, b, c, d, e, f, g, h, i, j, k, l and 1 more");
}
END_TEST

START_TEST(types_by_id_or_name)
{
    HdMdevParent *parent = add_parent("one");
    add_type(parent, "a", "b");
    add_type(parent, "b", "twice");
    add_type(parent, "c", "twice");
    add_type(parent, "d", NULL);
    ck_assert_str_eq(hd_mdev_parent_find_type(parent, "a")->id, "a");
    ck_assert_str_eq(hd_mdev_parent_find_type(parent, "b")->id, "b");
    ck_assert_str_eq(hd_mdev_parent_find_type(parent, "twice")->id, "b");
    ck_assert_str_eq(hd_mdev_parent_find_type(parent, "d")->id, "d");
    ck_assert_ptr_null(hd_mdev_parent_find_type(parent, "e"));
}
END_TEST

START_TEST(found)
{
    const HdUuid one = hd_fake_uuid(ONE), two = hd_fake_uuid(TWO);
    guint count = 7;
    HdMdev *mdev = g_new0(HdMdev, 1);
    mdev->uuid = two;
    ck_assert_ptr_null(hd_mdev_bus_find(bus, &two));
    g_ptr_array_add(bus->mdevs, mdev);
    ck_assert_ptr_eq(hd_mdev_bus_find(bus, &two), mdev);
    ck_assert_ptr_null(hd_mdev_bus_find(bus, &one));
    add_parent("x");
    ck_assert_ptr_eq(hd_mdev_bus_find_parent(bus, "x"), g_ptr_array_index(bus->parents, 0));
    ck_assert_ptr_null(hd_mdev_bus_find_parent(bus, "y"));
    ck_assert_ptr_null(hd_mdev_bus_find_definition(bus, &one, NULL, &count));
    ck_assert_uint_eq(count, 0);
    add_definition(TWO, "x");
    add_definition(ONE, "x");
    add_definition(ONE, "y");
    add_definition(ONE, NULL);
    ck_assert_ptr_eq(hd_mdev_bus_find_definition(bus, &one, NULL, &count),
                     g_ptr_array_index(bus->definitions, 1));
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_eq(hd_mdev_bus_find_definition(bus, &one, "y", &count),
                     g_ptr_array_index(bus->definitions, 2));
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_null(hd_mdev_bus_find_definition(bus, &two, "y", &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

/* name, value, and whether a person may set it */
static const struct {
    const char *name, *value;
    bool may;
} attributes[] = {
    {"params", "1", true},
    {"a/b/c/d/e/f/g/h", "1", true},
    {"a/b/c/d/e/f/g/h/i", "1", false},
    {"a", "two words \xc3\xa9", true},
    {"", "1", false},
    {"/a", "1", false},
    {"a/", "1", false},
    {"a/../b", "1", false},
    {"remove", "1", false},
    {"a/remove", "1", true},
    {"mdev_type", "1", false},
    {"mdev_type/name", "1", false},
    {"driver/unbind", "1", false},
    {"iommu_group/x", "1", false},
    {"subsystem/x", "1", false},
    {"a", "", false},
    {"a", "1\n", false},
    {"a", "\xff", false},
    {"a", "1\x7f", false},
};

START_TEST(attribute)
{
    g_autoptr(GPtrArray) list = hd_mdev_attributes_new();
    ck_assert_int_eq(hd_mdev_attributes_add(list, attributes[_i].name, attributes[_i].value),
                     attributes[_i].may);
    ck_assert_uint_eq(list->len, attributes[_i].may ? 1 : 0);
}
END_TEST

/* A page of sysfs, and one more. */
START_TEST(long_attribute)
{
    g_autoptr(GPtrArray) list = hd_mdev_attributes_new();
    g_autofree char *most = g_strnfill(4095, 'x');
    g_autofree char *more = g_strnfill(4096, 'x');
    ck_assert(hd_mdev_attributes_add(list, "a", most));
    ck_assert(!hd_mdev_attributes_add(list, "a", more));
    g_autoptr(GPtrArray) copy = hd_mdev_attributes_copy(list);
    g_autoptr(GPtrArray) none = hd_mdev_attributes_copy(NULL);
    ck_assert_uint_eq(copy->len, 1);
    ck_assert_uint_eq(none->len, 0);
    ck_assert_str_eq(((HdMdevAttribute *)g_ptr_array_index(copy, 0))->value, most);
}
END_TEST

START_TEST(places)
{
    g_autoptr(GPtrArray) list = hd_mdev_places_new();
    hd_mdev_places_add(list, "x", "a");
    hd_mdev_places_add(list, "y", "b");
    g_autoptr(GPtrArray) copy = hd_mdev_places_copy(list);
    g_autoptr(GPtrArray) none = hd_mdev_places_copy(NULL);
    ck_assert_uint_eq(none->len, 0);
    ck_assert(hd_mdev_places_has(copy, "x", "a") && hd_mdev_places_has(copy, "y", "b"));
    ck_assert(!hd_mdev_places_has(copy, "x", "b") && !hd_mdev_places_has(copy, "z", "a"));
    ck_assert(!hd_mdev_places_has(NULL, "x", "a"));
}
END_TEST

START_TEST(names)
{
    g_autofree char *address = hd_mdev_parent_parse("41:00.0");
    g_autofree char *node = hd_mdev_parent_parse("pci_0000_41_00_0");
    g_autofree char *own = hd_mdev_parent_parse("mtty");
    ck_assert_str_eq(address, "0000:41:00.0");
    ck_assert_str_eq(node, "0000:41:00.0");
    ck_assert_str_eq(own, "mtty");
    ck_assert_ptr_null(hd_mdev_parent_parse("a/b"));
    ck_assert(hd_mdev_is_parent_name("mtty") && hd_mdev_is_parent_name("0000:41:00.0"));
    ck_assert(!hd_mdev_is_parent_name("..") && !hd_mdev_is_parent_name("41:00"));
    ck_assert(hd_mdev_is_type_name("GRID V100-1Q") && hd_mdev_is_type_name("x"));
    ck_assert(!hd_mdev_is_type_name("") && !hd_mdev_is_type_name("a\nb"));
}
END_TEST

HD_TEST_MAIN("mdev-bus", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, types_in_words); tcase_add_test(tcase, not_all_types);
             tcase_add_test(tcase, types_by_id_or_name); tcase_add_test(tcase, found);
             tcase_add_loop_test(tcase, attribute, 0, G_N_ELEMENTS(attributes));
             tcase_add_test(tcase, long_attribute); tcase_add_test(tcase, places);
             tcase_add_test(tcase, names))

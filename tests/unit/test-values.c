/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses, uuids, texts, policies, configuration: what is accepted, what isn't.
 */
#include <errno.h>
#include <string.h>

#include "hd-config.h"
#include "hd-error.h"
#include "hd-pci-address.h"
#include "hd-pages.h"
#include "hd-test.h"
#include "hd-text.h"
#include "hd-uuid.h"

static const char *const good_addresses[][2] = {
    {"0000:65:00.0", "0000:65:00.0"},         {"65:00.0", "0000:65:00.0"},
    {"10000:e1:1f.7", "10000:e1:1f.7"},       {"0000:AF:0b.3", "0000:af:0b.3"},
    {"ffffffff:ff:1f.7", "ffffffff:ff:1f.7"},
};

static const char *const bad_addresses[] = {
    "",
    "65:00",
    "65:00.8",
    "65:20.0",
    "0000:65:00.0 ",
    " 65:00.0",
    "65:00.0\n",
    "000:65:00.0",
    "123456789:65:00.0",
    "0000:165:00.0",
    "65:0.0",
    "0000:65:00.00",
    "../65:00.0",
    "0000:65:00.0/..",
    "0x65:00.0",
    "0000-65-00.0",
    "0000:65:00:0",
    "65:00.g",
};

START_TEST(address_good)
{
    HdPciAddress address;
    ck_assert(hd_pci_address_parse(good_addresses[_i][0], &address));
    ck_assert_str_eq(hd_pci_address_text(&address).text, good_addresses[_i][1]);
}
END_TEST

START_TEST(address_bad)
{
    HdPciAddress address = {1, 2, 3, 4};
    ck_assert_msg(!hd_pci_address_parse(bad_addresses[_i], &address), "%s", bad_addresses[_i]);
    ck_assert_str_eq(hd_pci_address_text(&address).text, "0001:02:03.4");
}
END_TEST

START_TEST(address_order)
{
    HdPciAddress low, high;
    ck_assert(hd_pci_address_parse("0000:ff:1f.7", &low));
    ck_assert(hd_pci_address_parse("0001:00:00.0", &high));
    ck_assert(hd_pci_address_key(&low) < hd_pci_address_key(&high));
    ck_assert(!hd_pci_address_equal(&low, &high));
    ck_assert(!hd_pci_address_from_parts(0, 256, 0, 0, &low));
    ck_assert(!hd_pci_address_from_parts(G_MAXUINT64, 0, 0, 0, &low));
}
END_TEST

START_TEST(uuid)
{
    HdUuid a = {""}, b = {""};
    ck_assert(hd_uuid_parse("C60CC60C-0000-4000-8000-ABCDEF012345", &a));
    ck_assert_str_eq(a.text, "c60cc60c-0000-4000-8000-abcdef012345");
    ck_assert(hd_uuid_parse(a.text, &b));
    ck_assert(hd_uuid_equal(&a, &b));
    ck_assert(!hd_uuid_parse("c60cc60c-0000-4000-8000-abcdef01234", &b));
    ck_assert(!hd_uuid_parse("c60cc60c-0000-4000-8000-abcdef012345\n", &b));
    ck_assert(!hd_uuid_parse("c60cc60c/0000/4000/8000/abcdef012345", &b));
    ck_assert(!hd_uuid_parse("../../../../../../../../../../../../", &b));
    ck_assert(!hd_uuid_parse(NULL, &b));
}
END_TEST

static const char *const printable[][2] = {
    {"win10", "win10"},
    {"a\nb", "a\\x0ab"},
    {"\033[31mred", "\\x1b[31mred"},
    {"caf\xc3\xa9", "caf\xc3\xa9"},
    {"bad\xff", "bad\\xff"},
    {"rtl\xe2\x80\xae", "rtl\\u202e"},
    {"12345678901234567890123", "12345678901234567890..."},
};

START_TEST(text_printable)
{
    g_autofree char *shown = hd_text_printable(printable[_i][0], 20);
    ck_assert_str_eq(shown, printable[_i][1]);
}
END_TEST

START_TEST(text_pairs)
{
    g_autofree char *pair = hd_text_pair("name", "a b=c%\n");
    ck_assert_ptr_null(strpbrk(pair, " \n"));
    g_auto(GStrv) tokens = g_strsplit(pair, " ", -1);
    g_autofree char *value = hd_text_value(tokens, "name");
    ck_assert_str_eq(value, "a b=c%\n");
    ck_assert_ptr_null(hd_text_value(tokens, "nam"));
    ck_assert(hd_text_is_name("vfio-pci") && hd_text_is_name("mlx5_vfio_pci"));
    ck_assert(!hd_text_is_name("..") && !hd_text_is_name("a/b") && !hd_text_is_name(""));
}
END_TEST

START_TEST(policy_layers)
{
    HdPolicy base = hd_policy_default(), over = {0};
    ck_assert(!hd_policy_allows(&base, HD_RULE_STORAGE));
    ck_assert(hd_policy_allows(&base, HD_RULE_COMPANIONS));
    ck_assert(hd_policy_set(&over, "storage", "allow"));
    ck_assert(hd_policy_set(&over, "companions", "refuse"));
    ck_assert(!hd_policy_set(&over, "storage", "bind"));
    ck_assert(!hd_policy_set(&over, "held", "allow"));
    HdPolicy both = hd_policy_overlay(&base, &over);
    ck_assert(hd_policy_allows(&both, HD_RULE_STORAGE));
    ck_assert(!hd_policy_allows(&both, HD_RULE_COMPANIONS));
    ck_assert(!hd_policy_allows(&both, HD_RULE_NETWORK));
}
END_TEST

START_TEST(config_good)
{
    HdConfig config = hd_config_default();
    g_autoptr(GError) error = NULL;
    ck_assert(hd_config_parse("# ours\n[policy]\ncompanions = bind\nnetwork=allow\n"
                              "[timeouts]\ndevice = 5\nlock=7\n",
                              "/etc/hostdevctl/hostdevctl.conf", &config, &error));
    ck_assert(hd_policy_allows(&config.policy, HD_RULE_NETWORK));
    ck_assert_uint_eq(config.device_deadline, 5);
    ck_assert_uint_eq(config.lock_deadline, 7);
}
END_TEST

static const char *const bad_configs[][2] = {
    {"[policy]\nmounted = allow\n", "[policy] mounted = allow is not known"},
    {"[policy]\nstorage = yes\n", "[policy] storage = yes is not known"},
    {"[polcy]\nstorage = allow\n", "[polcy] storage = allow is not known"},
    {"[timeouts]\ndevice = 0\n", "[timeouts] device = 0 is not known"},
    {"[timeouts]\ndevice = 5s\n", "[timeouts] device = 5s is not known"},
    {"storage = allow\n", "f.conf"},
};

START_TEST(config_bad)
{
    HdConfig config = hd_config_default();
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_config_parse(bad_configs[_i][0], "f.conf", &config, &error));
    ck_assert(hd_error_is(error, HD_ERROR_CONFIG));
    ck_assert_contains(error->message, bad_configs[_i][1]);
    ck_assert(!hd_policy_allows(&config.policy, HD_RULE_STORAGE));
}
END_TEST

START_TEST(numbers_are_digits_alone)
{
    static const char *const bad[] = {"",   " 5", "\v5", "\t5",  "\n5", "+5", "-5",
                                      "5 ", "5x", "0x5", "five", "3",   "12"};
    guint64 number = 77;
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        ck_assert_msg(!hd_text_unsigned(bad[i], 16, 4, 0x11, &number), "%s", bad[i]);
    ck_assert_uint_eq(number, 77);
    ck_assert(hd_text_unsigned("4", 10, 4, 17, &number) && number == 4);
    ck_assert(hd_text_unsigned("11", 16, 4, 0x11, &number) && number == 17);
    ck_assert(!hd_pages_size_parse("\v4G", &number));
}
END_TEST

/* What the kernel's words don't tell. */
START_TEST(errno_with_a_remedy)
{
    g_autoptr(GError) read_only = NULL, foreign = NULL, writable = NULL, other = NULL,
                      special = NULL;
    ck_assert(!hd_error_set_errno(&read_only, HD_ERROR_KERNEL, EROFS, "write %d", 1));
    ck_assert_contains(read_only->message, "write 1: /sys is read-only here, as in a container");
    ck_assert(!hd_error_set_errno(&foreign, HD_ERROR_KERNEL, EMEDIUMTYPE, "write"));
    ck_assert_contains(foreign->message, "not the kernel's sysfs");
    ck_assert(!hd_error_set_errno(&writable, HD_ERROR_CONFIG, EPERM, "read"));
    ck_assert_contains(writable->message, "read: others than root may change it; chown root");
    ck_assert(!hd_error_set_errno(&special, HD_ERROR_INPUT, EMEDIUMTYPE, "read it"));
    ck_assert_str_eq(special->message, "read it: it is no regular file");
    ck_assert(!hd_error_set_errno(&other, HD_ERROR_STATE, EROFS, "write"));
    ck_assert_str_eq(other->message, "write: Read-only file system");
}
END_TEST

/* GLib quotes a line that it can't read as it is. */
START_TEST(error_is_one_printable_line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) long_error = NULL;
    g_autofree char *many = g_strnfill(5000, 'x');
    ck_assert(!hd_error_set(&error, HD_ERROR_INPUT, "%s", "a\nb\033[2J \xe2\x80\xae \xff"));
    ck_assert_str_eq(error->message, "a\\x0ab\\x1b[2J \\u202e \\xff");
    ck_assert(!hd_error_set_errno(&long_error, HD_ERROR_INPUT, 2, "read %s", many));
    ck_assert_uint_eq(strlen(long_error->message), 1003);
    g_clear_error(&long_error);
    memset(many, 0xff, 5000);
    ck_assert(!hd_error_set(&long_error, HD_ERROR_INPUT, "%s", many));
    ck_assert_uint_eq(strlen(long_error->message), 1003);
}
END_TEST

HD_TEST_MAIN("values", tcase_add_test(tcase, error_is_one_printable_line);
             tcase_add_loop_test(tcase, address_good, 0, G_N_ELEMENTS(good_addresses));
             tcase_add_loop_test(tcase, address_bad, 0, G_N_ELEMENTS(bad_addresses));
             tcase_add_test(tcase, address_order); tcase_add_test(tcase, uuid);
             tcase_add_loop_test(tcase, text_printable, 0, G_N_ELEMENTS(printable));
             tcase_add_test(tcase, text_pairs); tcase_add_test(tcase, policy_layers);
             tcase_add_test(tcase, config_good); tcase_add_test(tcase, errno_with_a_remedy);
             tcase_add_test(tcase, numbers_are_digits_alone);
             tcase_add_loop_test(tcase, config_bad, 0, G_N_ELEMENTS(bad_configs)))

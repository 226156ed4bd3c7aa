/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libvirt's qemu.conf, read as libvirt reads it.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-qemu-conf.h"
#include "hd-test.h"

START_TEST(good)
{
    g_auto(HdQemuConf) conf = {0};
    ck_assert(hd_qemu_conf_parse("# a comment\n"
                                 "cgroup_device_acl = [\n"
                                 "    \"/dev/null\", '/dev/full', # inside\n"
                                 "    \"/dev/vfio/vfio\",\n"
                                 "]\n"
                                 "user = \"oneadmin\"   # the first one counts\n"
                                 "user = \"root\"\n"
                                 "group='kvm'\n"
                                 "max_files = 32768\n"
                                 "dynamic_ownership=0\n",
                                 &conf, NULL));
    ck_assert_str_eq(conf.user, "oneadmin");
    ck_assert_str_eq(conf.group, "kvm");
    ck_assert(!conf.dynamic_ownership);
}
END_TEST

START_TEST(rare_forms)
{
    g_auto(HdQemuConf) conf = {0};
    ck_assert(hd_qemu_conf_parse("a = [ 1, -2, \"x\" ]; user = \"\"\"one\"\"\" ; group = 'kvm';"
                                 "b = \"\"\"over\nlines\"\"\"\r\ndynamic_ownership = 0 ;\n",
                                 &conf, NULL));
    ck_assert_str_eq(conf.user, "one");
    ck_assert_str_eq(conf.group, "kvm");
    ck_assert(!conf.dynamic_ownership);
}
END_TEST

START_TEST(defaults)
{
    g_auto(HdQemuConf) conf = {0};
    ck_assert(hd_qemu_conf_parse("#user = \"root\"\n#dynamic_ownership = 0\n", &conf, NULL));
    ck_assert_ptr_null(conf.user);
    ck_assert(conf.dynamic_ownership);
}
END_TEST

static const char *const bad[][2] = {
    {"user = \"oneadmin\n", "line 1: a text that does not end"},
    {"\n\nuser \"x\"\n", "line 3: '=' is missing"},
    {"user = \n", "line 1: no value"},
    {"acl = [ \"a\"\n", "a list that does not end"},
    {"acl = [ user ]\n", "holds something odd"},
    {"a = \"\"\"x\n\"\"\nuser = 1\n", "line 1: a text that does not end"},
    {"a = \"\"\"x\n\ny\"\"\"\nuser 1\n", "line 4: '=' is missing"},
    {"= 1\n", "line 1: no name"},
};

START_TEST(rejected)
{
    g_auto(HdQemuConf) conf = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!hd_qemu_conf_parse(bad[_i][0], &conf, &error));
    ck_assert_contains(error->message, bad[_i][1]);
}
END_TEST

START_TEST(node_owner)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_fake_port(fake);
    bool applies = true;
    guint uid = 0, gid = 0;
    ck_assert(hd_qemu_conf_node_owner(port, &applies, &uid, &gid, NULL));
    ck_assert(!applies);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "dynamic_ownership = 0\n");
    ck_assert(hd_qemu_conf_node_owner(port, &applies, &uid, &gid, NULL));
    ck_assert(applies);
    ck_assert_uint_eq(uid, 64055);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "user='nobody-here'\ndynamic_ownership = 0\n");
    ck_assert(!hd_qemu_conf_node_owner(port, &applies, &uid, &gid, &error));
    ck_assert_contains(error->message, "find the user and group of QEMU");
}
END_TEST

HD_TEST_MAIN("qemu-conf", tcase_add_test(tcase, good); tcase_add_test(tcase, rare_forms);
             tcase_add_test(tcase, defaults);
             tcase_add_loop_test(tcase, rejected, 0, G_N_ELEMENTS(bad));
             tcase_add_test(tcase, node_owner))

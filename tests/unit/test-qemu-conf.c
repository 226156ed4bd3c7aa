/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libvirt's qemu.conf, read as libvirt reads it, and its cgroup_device_acl edited in place.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-qemu-acl.h"
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

/* Edits of a list: what stands there, and what it becomes with /dev/vfio/vfio and /dev/vfio/7. */
static const char *const edits[][2] = {
    {"a = 1\ncgroup_device_acl = [\n  \"/dev/null\", # mine\n  '/dev/full'  # last\n]\nb = 2\n",
     "a = 1\ncgroup_device_acl = [\n  \"/dev/null\", # mine\n  '/dev/full',  # last\n"
     "  \"/dev/vfio/vfio\",\n  \"/dev/vfio/7\",\n]\nb = 2\n"},
    {"cgroup_device_acl = [ \"/dev/null\", \"/dev/vfio/vfio\" ] # x\n",
     "cgroup_device_acl = [ \"/dev/null\", \"/dev/vfio/vfio\", \"/dev/vfio/7\" ] # x\n"},
    {"cgroup_device_acl = [\n\t\"/dev/null\",\n\t# \"/dev/vfio/7\",\n]\n",
     "cgroup_device_acl = [\n\t\"/dev/null\",\n\t\"/dev/vfio/vfio\",\n\t\"/dev/vfio/7\",\n"
     "\t# \"/dev/vfio/7\",\n]\n"},
    {"cgroup_device_acl = [\n  \"/dev/null\"\n  , ]\n",
     "cgroup_device_acl = [\n  \"/dev/null\"\n  , \"/dev/vfio/vfio\", \"/dev/vfio/7\" ]\n"},
    {"cgroup_device_acl = [\n  \"/dev/null\"\n  ,\n]\n",
     "cgroup_device_acl = [\n  \"/dev/null\"\n  ,\n  \"/dev/vfio/vfio\",\n  \"/dev/vfio/7\",\n]\n"},
    {"cgroup_device_acl = [ \"/dev/null\", ]\n",
     "cgroup_device_acl = [ \"/dev/null\", \"/dev/vfio/vfio\", \"/dev/vfio/7\" ]\n"},
    {"cgroup_device_acl = []\n", "cgroup_device_acl = [ \"/dev/vfio/vfio\", \"/dev/vfio/7\"]\n"},
    {"cgroup_device_acl = [\n]\n",
     "cgroup_device_acl = [\n    \"/dev/vfio/vfio\",\n    \"/dev/vfio/7\",\n]\n"},
    /* The first one counts for libvirt. */
    {"cgroup_device_acl = [\"/dev/a\"]\ncgroup_device_acl = [\"/dev/b\"]\n",
     "cgroup_device_acl = [\"/dev/a\", \"/dev/vfio/vfio\", \"/dev/vfio/7\"]\n"
     "cgroup_device_acl = [\"/dev/b\"]\n"},
    /* None is set: below the sample, which knows libvirt's own list best; else at the end. */
    {"# text about cgroup_device_acl\n#cgroup_device_acl = [\n#    \"/dev/null\", "
     "\"/dev/special\"\n#]"
     "\n\nuser = \"x\"\n",
     "# text about cgroup_device_acl\n#cgroup_device_acl = [\n#    \"/dev/null\", "
     "\"/dev/special\"\n#]"
     "\ncgroup_device_acl = [\n    \"/dev/null\",\n    \"/dev/special\",\n    \"/dev/vfio/vfio\",\n"
     "    \"/dev/vfio/7\",\n]\n\nuser = \"x\"\n"},
    {"user = \"x\"",
     "user = \"x\"\ncgroup_device_acl = [\n    \"/dev/null\",\n    \"/dev/full\",\n    "
     "\"/dev/zero\",\n    \"/dev/random\",\n    \"/dev/urandom\",\n    \"/dev/ptmx\",\n    "
     "\"/dev/kvm\",\n    \"/dev/vfio/vfio\",\n    \"/dev/vfio/7\",\n]\n"},
    /* A sample in a text is text; one that does not end before other lines begin is none. */
    {"a = \"\"\"\n#cgroup_device_acl = [\n#]\n\"\"\"\n#cgroup_device_acl = [\n#'/dev/a', "
     "'/dev/\"b']\n",
     "a = \"\"\"\n#cgroup_device_acl = [\n#]\n\"\"\"\n#cgroup_device_acl = [\n#'/dev/a', "
     "'/dev/\"b']\n"
     "cgroup_device_acl = [\n    \"/dev/a\",\n    '/dev/\"b',\n    \"/dev/vfio/vfio\",\n"
     "    \"/dev/vfio/7\",\n]\n"},
    {"#cgroup_device_acl = [\nlist = [\n]",
     "#cgroup_device_acl = [\nlist = [\n]\ncgroup_device_acl = [\n    \"/dev/null\",\n    "
     "\"/dev/full\",\n    \"/dev/zero\",\n    \"/dev/random\",\n    \"/dev/urandom\",\n    "
     "\"/dev/ptmx\",\n    \"/dev/kvm\",\n    \"/dev/vfio/vfio\",\n    \"/dev/vfio/7\",\n]\n"},
    /* Nothing lacks. */
    {"cgroup_device_acl = [ \"/dev/vfio/7\", '/dev/vfio/vfio' ]", NULL},
};

static GPtrArray *
new_nodes(const char *first, const char *second)
{
    GPtrArray *nodes = g_ptr_array_new();
    g_ptr_array_add(nodes, (gpointer)first);
    g_ptr_array_add(nodes, (gpointer)second);
    return nodes;
}

START_TEST(acl_edits)
{
    g_autoptr(GPtrArray) nodes = new_nodes("/dev/vfio/vfio", "/dev/vfio/7");
    g_autofree char *text = NULL;
    ck_assert(hd_acl_add(edits[_i][0], 9000, nodes, &text, NULL));
    ck_assert_pstr_eq(text, edits[_i][1]);
    if (text == NULL)
        return;
    /* What was made can be read again, holds all of it, and needs nothing more. */
    g_autofree char *again = g_strdup("untouched");
    g_autoptr(HdAcl) acl = NULL;
    ck_assert(hd_acl_read(text, 9000, &acl, NULL));
    ck_assert(acl->is_active && hd_acl_has(acl, "/dev/vfio/7") &&
              hd_acl_has(acl, "/dev/vfio/vfio"));
    g_free(again);
    ck_assert(hd_acl_add(text, 9000, nodes, &again, NULL));
    ck_assert_ptr_null(again);
}
END_TEST

START_TEST(acl_versions)
{
    static const struct {
        guint libvirt;
        bool kvm, userfaultfd;
    } rows[] = {{0, true, false}, {9000, true, false}, {11003, true, true}, {12008, false, true}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(HdAcl) acl = NULL;
        ck_assert(hd_acl_read("", rows[i].libvirt, &acl, NULL));
        ck_assert(!acl->is_active && hd_acl_has(acl, "/dev/ptmx"));
        ck_assert_int_eq(hd_acl_has(acl, "/dev/kvm"), rows[i].kvm);
        ck_assert_int_eq(hd_acl_has(acl, "/dev/userfaultfd"), rows[i].userfaultfd);
    }
}
END_TEST

START_TEST(acl_rejected)
{
    static const char *const bad_nodes[] = {"/etc/passwd", "/dev/../etc/passwd", "/dev/a\"b",
                                            "/dev/a\nb", "vfio"};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(bad_nodes); i++) {
        g_autoptr(GPtrArray) nodes = new_nodes("/dev/null", bad_nodes[i]);
        ck_assert(!hd_acl_add("", 0, nodes, &text, NULL));
    }
    g_autoptr(GPtrArray) nodes = new_nodes("/dev/null", "/dev/full");
    ck_assert(!hd_acl_add("cgroup_device_acl = \"/dev/null\"\n", 0, nodes, &text, &error));
    ck_assert_contains(error->message, "cgroup_device_acl is no list");
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(acl_of_a_host)
{
    static const char before[] = "cgroup_device_acl = [ \"/dev/null\" ]\n";
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autoptr(GPtrArray) nodes = new_nodes("/dev/null", "/dev/vfio/7");
    g_autofree char *text = NULL;
    g_autofree char *backup = NULL;
    HdPort *port = hd_fake_port(fake);
    HdAclResult result = HD_ACL_CHANGED;
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", "user = \"x\"\n");
    ck_assert(hd_qemu_acl_ensure(port, nodes, false, &result, NULL));
    ck_assert_int_eq(result, HD_ACL_NOT_NEEDED);
    hd_fake_set_file(fake, "etc/libvirt/qemu.conf", before);
    ck_assert(hd_qemu_acl_ensure(port, nodes, false, &result, NULL));
    ck_assert_int_eq(result, HD_ACL_CHANGED);
    ck_assert_int_eq(hd_port_read(port, &text, "etc/libvirt/qemu.conf"), 0);
    ck_assert_contains(text, "[ \"/dev/null\", \"/dev/vfio/7\" ]");
    ck_assert_int_eq(hd_port_read(port, &backup, HD_QEMU_ACL_BACKUP), 0);
    ck_assert_contains(before, backup);
    ck_assert(hd_qemu_acl_ensure(port, nodes, false, &result, NULL));
    ck_assert_int_eq(result, HD_ACL_FINE);
}
END_TEST

HD_TEST_MAIN("qemu-conf", tcase_add_test(tcase, good); tcase_add_test(tcase, rare_forms);
             tcase_add_test(tcase, defaults);
             tcase_add_loop_test(tcase, rejected, 0, G_N_ELEMENTS(bad));
             tcase_add_test(tcase, node_owner); tcase_add_test(tcase, acl_versions);
             tcase_add_loop_test(tcase, acl_edits, 0, G_N_ELEMENTS(edits));
             tcase_add_test(tcase, acl_rejected); tcase_add_test(tcase, acl_of_a_host))

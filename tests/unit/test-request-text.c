/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the child that reads XML hands to the process that acts: all of it arrives, and
 * nothing arrives that XML could not have said.
 */
#include <glib.h>
#include <string.h>
#include <sys/resource.h>

#include "hd-request-text.h"
#include "hd-test.h"
#include "hd-xml-changes.h"
#include "hd-xml-domain.h"

#define UUID "11111111-aaaa-4aaa-8aaa-111111111111"
#define MDEV "22222222-bbbb-4bbb-8bbb-222222222222"
#define HEAD "vm name=web uuid=" UUID " policy=000000000000 nodes=0 allocates=0\n"
#define NIC  "wish kind=0 managed=1 address=0000:01:00.0"
#define NONE " policy=000000000000\n"

/* Domains of the fuzzer's corpus and of the documentation: whatever they ask for. */
static const char *const folders[] = {"tests/fuzz/corpus/domain", "xml/examples"};

START_TEST(all_of_it_arrives)
{
    g_autofree char *folder = g_build_filename(HD_SOURCE_ROOT, folders[_i], NULL);
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;
    guint wishes = 0;
    while ((name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *xml = NULL;
        gsize length = 0;
        g_autoptr(HdRequest) request = NULL;
        g_autoptr(HdRequest) again = NULL;
        ck_assert(g_file_get_contents(path, &xml, &length, NULL));
        if (!hd_xml_domain_parse(xml, length, &request, NULL))
            continue;
        g_autofree char *text = hd_request_format(request);
        ck_assert_msg(hd_request_parse(text, &again), "%s: %s", name, text);
        g_autofree char *second = hd_request_format(again);
        ck_assert_str_eq(second, text);
        ck_assert_uint_eq(again->wishes->len, request->wishes->len);
        wishes += again->wishes->len;
    }
    ck_assert_uint_gt(wishes, 5);
}
END_TEST

/* Field by field: a round trip alone would not see what the writer leaves out. */
START_TEST(each_field_arrives)
{
    g_autoptr(HdRequest) request = NULL;
    ck_assert(hd_request_parse(
        "vm name=a%20b uuid=" UUID
        " folder=var/lib/one/datastores/0/7 unread=why stop=gdm.service policy=210000000003"
        " nodes=18446744073709551615 allocates=2\n"
        "pages size=2048 nodes=3 kb=4096\n"
        "wish kind=2 managed=1 address=0000:01:00.1 driver=mlx5 id=8086:10d3 vf=vlan%3D10"
        " mapping=fast reset=bus%20flr d3cold=off power=on rebar=0:8192M policy=100000000000\n"
        "wish kind=3 managed=0 uuid=" MDEV " model=vfio-pci mapping=gpu" NONE "mdev uuid=" MDEV
        " type=Big%20One parent=0000:02:00.0 attr=a/b%3Dc%3Dd attr=e%3Df\n"
        "wish kind=4 managed=0 vendor=4660 product=22136 bus=3 device=7 startup=2" NONE
        "wish kind=5 managed=0 path=/dev/ttyS0" NONE,
        &request));
    const HdPagesNeed *need = &g_array_index(request->pages, HdPagesNeed, 0);
    const HdWish *nic = g_ptr_array_index(request->wishes, 0);
    const HdWish *mdev = g_ptr_array_index(request->wishes, 1);
    const HdWish *usb = g_ptr_array_index(request->wishes, 2);
    const HdWish *tty = g_ptr_array_index(request->wishes, 3);
    const HdMdevAttribute *attribute = g_ptr_array_index(mdev->mdev->attributes, 0);
    ck_assert_str_eq(request->name, "a b");
    ck_assert_str_eq(request->uuid.text, UUID);
    ck_assert_str_eq(request->one_folder, "var/lib/one/datastores/0/7");
    ck_assert_str_eq(request->pages_unread, "why");
    ck_assert_int_eq(request->policy.stance[0], HD_STANCE_ALLOW);
    ck_assert_int_eq(request->policy.stance[1], HD_STANCE_REFUSE);
    ck_assert_int_eq(request->policy.choice, HD_CHOICE_NUMA);
    ck_assert_uint_eq(request->numa_nodes, G_MAXUINT64);
    ck_assert_int_eq(request->allocates, HD_ASK_YES);
    ck_assert(need->size_kb == 2048 && need->nodes == 3 && need->kb == 4096);
    ck_assert(nic->kind == HD_WISH_INTERFACE && nic->managed && nic->address.function == 1);
    ck_assert_str_eq(nic->driver, "mlx5");
    ck_assert_str_eq(nic->expected_id, "8086:10d3");
    ck_assert_str_eq(nic->mapping, "fast");
    ck_assert_uint_eq(nic->vf.vlan, 10);
    ck_assert_str_eq(request->stop_units, "gdm.service");
    ck_assert_str_eq(nic->tuning.reset_method, "bus flr");
    ck_assert_str_eq(nic->tuning.d3cold, "0");
    ck_assert_str_eq(nic->tuning.power, "on");
    ck_assert_uint_eq(nic->tuning.bars.mb[0], 8192);
    ck_assert_int_eq(nic->policy.stance[0], HD_STANCE_REFUSE);
    ck_assert_str_eq(mdev->uuid.text, MDEV);
    ck_assert_str_eq(mdev->model, "vfio-pci");
    ck_assert_str_eq(mdev->mapping, "gpu");
    ck_assert_str_eq(mdev->mdev->type, "Big One");
    ck_assert_str_eq(mdev->mdev->parent, "0000:02:00.0");
    ck_assert_uint_eq(mdev->mdev->attributes->len, 2);
    ck_assert_str_eq(attribute->name, "a/b");
    ck_assert_str_eq(attribute->value, "c=d");
    ck_assert(usb->usb.vendor == 0x1234 && usb->usb.product == 0x5678 && usb->usb.bus == 3 &&
              usb->usb.device == 7 && usb->usb.startup == HD_USB_OPTIONAL);
    ck_assert_str_eq(tty->path, "/dev/ttyS0");
    /* And back: what the writer leaves out is missing here. */
    g_autofree char *text = hd_request_format(request);
    g_autoptr(HdRequest) again = NULL;
    ck_assert(hd_request_parse(text, &again));
    g_autofree char *second = hd_request_format(again);
    ck_assert_str_eq(second, text);
    for (const char *const *part =
             (const char *const[]){"unread=why", "policy=210000000003",
                                   "folder=var/lib/one/datastores/0/7", "allocates=2", "kb=4096",
                                   "model=vfio-pci", "attr=e%3Df", "startup=2", "stop=gdm.service",
                                   "d3cold=off", "power=on", "reset=bus", "rebar=0:8192M", NULL};
         *part != NULL; part++)
        ck_assert_contains(text, *part);
}
END_TEST

static const char *const rubbish[] = {
    "",
    "vm",
    "vm\n",
    "<domain/>\n",
    "vm name=web uuid=" UUID " policy=000000000000 nodes=0 allocates=0", /* cut off */
    "vm name= uuid=" UUID " policy=000000000000 nodes=0 allocates=0\n",
    "vm name=a%0Ab uuid=" UUID " policy=000000000000 nodes=0 allocates=0\n",
    "vm name=%FF uuid=" UUID " policy=000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=../../etc policy=000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " policy=300000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " policy=000000000004 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " policy=0000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " policy=000000000000 nodes=0 allocates=3\n",
    "vm name=web uuid=" UUID " policy=000000000000 nodes=x allocates=0\n",
    "vm name=web uuid=" UUID " folder=etc policy=000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID
    " folder=a/../datastores/1/2 policy=000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " unread=%1B[31m policy=000000000000 nodes=0 allocates=0\n",
    HEAD "\n",
    HEAD "hello\n",
    HEAD HEAD,
    HEAD "pages size=1 nodes=0\n",
    HEAD "pages size=1 nodes=0 kb=1125899906842625\n",
    HEAD NIC "\n", /* no policy */
    HEAD "wish kind=6 managed=1 address=0000:01:00.0" NONE,
    HEAD "wish kind=0 managed=2 address=0000:01:00.0" NONE,
    HEAD "wish kind=0 managed=1" NONE,
    HEAD "wish kind=0 managed=1 address=0000:01:20.0" NONE,
    HEAD "wish kind=0 managed=1 address=../0000:01:00.0" NONE,
    HEAD NIC NONE NIC NONE,
    HEAD NIC NONE "wish kind=2 managed=1 address=0000:01:00.0" NONE,
    HEAD NIC " driver=../../x" NONE,
    HEAD NIC " reset=../x" NONE,
    HEAD NIC " reset=" NONE,
    HEAD NIC " d3cold=1" NONE,
    HEAD NIC " power=off" NONE,
    HEAD NIC " rebar=9:8G" NONE,
    "vm name=web uuid=" UUID " stop=libvirtd.service policy=000000000000 nodes=0 allocates=0\n",
    "vm name=web uuid=" UUID " stop=../x policy=000000000000 nodes=0 allocates=0\n",
    HEAD NIC " id=8086" NONE,
    HEAD NIC " mapping=a/b" NONE,
    HEAD NIC " vgpu=%0A" NONE,
    HEAD "wish kind=2 managed=1 address=0000:01:00.0 vgpu=1" NONE,
    HEAD "wish kind=1 managed=1 address=0000:01:00.0 vf=vlan%3D10" NONE,
    HEAD NIC " vf=vlan%3D4095" NONE, /* a driver may report that, nobody may ask for it */
    HEAD NIC " vf=evil%3D1" NONE,
    HEAD NIC NONE "mdev uuid=" UUID " type=a\n",
    HEAD "wish kind=3 managed=0" NONE,
    HEAD "wish kind=3 managed=0 uuid=" MDEV " model=a/b" NONE,
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "wish kind=3 managed=0 uuid=" MDEV NONE,
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" UUID " type=a\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV "\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV " type=a parent=../x\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV " type=a attr=../x%3Dy\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV " type=a attr=remove%3D1\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV " type=a attr=x\n",
    HEAD "wish kind=3 managed=0 uuid=" MDEV NONE "mdev uuid=" MDEV " type=a\nmdev uuid=" MDEV
         " type=a\n",
    HEAD "wish kind=4 managed=0 vendor=0 product=0 bus=0 device=0 startup=0" NONE,
    HEAD "wish kind=4 managed=0 vendor=65536 product=0 bus=0 device=0 startup=0" NONE,
    HEAD "wish kind=4 managed=0 vendor=1 product=0 bus=1 device=0 startup=0" NONE,
    HEAD "wish kind=4 managed=0 vendor=1 product=0 bus=1 device=1 startup=3" NONE,
    HEAD "wish kind=5 managed=0" NONE,
    HEAD "wish kind=5 managed=0 path=/etc/passwd" NONE,
    HEAD "wish kind=5 managed=0 path=/dev/../etc/passwd" NONE,
    HEAD "wish kind=5 managed=0 path=/dev/%FF" NONE,
};

START_TEST(rubbish_does_not)
{
    HdRequest *request = NULL;
    g_autoptr(HdRequest) head = NULL;
    ck_assert(hd_request_parse(HEAD NIC NONE, &head));
    ck_assert_msg(!hd_request_parse(rubbish[_i], &request), "%s", rubbish[_i]);
    ck_assert_ptr_null(request);
}
END_TEST

START_TEST(too_many_wishes)
{
    HdRequest *request = NULL;
    g_autoptr(HdRequest) most = NULL;
    g_autoptr(GString) text = g_string_new(HEAD);
    for (guint i = 0; i < HD_REQUEST_MAX_WISHES; i++)
        g_string_append_printf(text, "wish kind=0 managed=1 address=%04x:01:00.0" NONE, i);
    ck_assert(hd_request_parse(text->str, &most));
    g_string_append(text, "wish kind=0 managed=1 address=ffff:01:00.0" NONE);
    ck_assert(!hd_request_parse(text->str, &request));
}
END_TEST

#define SOURCE "<address domain='0x0000' bus='0x01' slot=\"0x00\" name='web'/>"

static const struct {
    const char *changes;
    const char *result; /* NULL: refused */
} changes[] = {
    {"", SOURCE},
    {"change at=30 length=4 text=0x41\n",
     "<address domain='0x0000' bus='0x41' slot=\"0x00\" name='web'/>"},
    {"change at=30 length=4 text=0x41\nchange at=42 length=4 text=0x02\n",
     "<address domain='0x0000' bus='0x41' slot=\"0x02\" name='web'/>"},
    {"change at=8 length=0 text=%20domain%3D%270x0001%27\n",
     "<address domain='0x0001' domain='0x0000' bus='0x01' slot=\"0x00\" name='web'/>"},
    {"change at=30 length=4 text=0x42\n", NULL},                    /* no move's */
    {"change at=30 length=4 text=0x02\n", NULL},                    /* the slot's, to the bus */
    {"change at=17 length=6 text=0x41\n", NULL},                    /* another part's form */
    {"change at=7 length=0 text=%20domain%3D%270x0001%27\n", NULL}, /* within a name */
    {"change at=23 length=0 text=%20domain%3D%270x0001%27\n", NULL},
    {"change at=8 length=0 text=%20domain%3D%270x0001%27\nchange at=8 length=0 "
     "text=%20domain%3D%270x0001%27\n",
     NULL},                                                      /* twice */
    {"change at=30 length=4 text=0x41%27%20evil%3D%27\n", NULL}, /* more than that */
    {"change at=30 length=3 text=0x41\n", NULL},                 /* half a value */
    {"change at=54 length=3 text=0x41\n", NULL},                 /* a name */
    {"change at=42 length=4 text=0x02\nchange at=30 length=4 text=0x41\n", NULL}, /* back */
    {"change at=30 length=4 text=0x41\nchange at=32 length=2 text=0x41\n", NULL}, /* over it */
    {"change at=30 length=0 text=0x41\n", NULL},
    {"change at=4000 length=4 text=0x41\n", NULL},
    {"change at=30 length=18446744073709551615 text=0x41\n", NULL},
    {"change at=30 length=4\n", NULL},
    {"\nchange at=30 length=4 text=0x41\n", NULL},
    {"evil at=30 length=4 text=0x41\n", NULL},
};

/* A child says nothing but separators: that must not cost its parent the memory. */
START_TEST(babble_is_not_taken_apart)
{
    const HdMove move = {{0, 1, 0, 0}, {1, 0x41, 2, 0}};
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    g_autofree char *babble = g_strnfill(1 << 20, _i == 0 ? '\n' : ' ');
    g_autofree char *within = g_strconcat(HEAD "wish", babble, "\n", NULL);
    g_autoptr(HdRequest) request = NULL;
    GString *text = NULL;
    struct rusage before, after;
    g_array_append_val(moves, move);
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
    ck_assert(!hd_request_parse(babble, &request));
    ck_assert(!hd_request_parse(within, &request));
    ck_assert(!hd_xml_changes_apply(babble, SOURCE, strlen(SOURCE), moves, &text));
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
    /* KiB; each separator as a string takes 40 MiB. */
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 20 << 10);
}
END_TEST

START_TEST(only_moves_are_written)
{
    const HdMove move = {{0, 1, 0, 0}, {1, 0x41, 2, 0}};
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(HdMove));
    GString *text = NULL;
    g_array_append_val(moves, move);
    bool is_done = hd_xml_changes_apply(changes[_i].changes, SOURCE, strlen(SOURCE), moves, &text);
    ck_assert_int_eq(is_done, changes[_i].result != NULL);
    if (is_done)
        ck_assert_str_eq(text->str, changes[_i].result);
    if (text != NULL)
        g_string_free(text, TRUE);
}
END_TEST

HD_TEST_MAIN("request-text", tcase_add_loop_test(tcase, all_of_it_arrives, 0, 2);
             tcase_add_test(tcase, each_field_arrives);
             tcase_add_loop_test(tcase, rubbish_does_not, 0, G_N_ELEMENTS(rubbish));
             tcase_add_test(tcase, too_many_wishes);
             tcase_add_loop_test(tcase, babble_is_not_taken_apart, 0, 2);
             tcase_add_loop_test(tcase, only_moves_are_written, 0, G_N_ELEMENTS(changes)))

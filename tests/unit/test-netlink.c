/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is made of the kernel's answers about VFs: the answers are made here, in the place
 * of libnl's reading and sending.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>

#include "hd-port-netlink.h"
#include "hd-test.h"

/* As long as the kernel's own part about a VF is, without statistics. */
#define FILLER 160

/* What the kernel would see, and what it answers with. */
static guint32 asked;
static int room;
static guint vf_count;
static guint entry_length;
static nl_recvmsg_msg_cb_t parse;
static void *parse_data;

int
nl_socket_modify_cb(struct nl_sock *netlink, enum nl_cb_type type, enum nl_cb_kind kind,
                    nl_recvmsg_msg_cb_t function, void *data)
{
    (void)netlink;
    ck_assert(type == NL_CB_VALID && kind == NL_CB_CUSTOM);
    parse = function;
    parse_data = data;
    return 0;
}

int
nl_send_auto(struct nl_sock *netlink, struct nl_msg *message)
{
    socklen_t length = sizeof room;
    struct nlattr *mask =
        nlmsg_find_attr(nlmsg_hdr(message), sizeof(struct ifinfomsg), IFLA_EXT_MASK);
    ck_assert_int_eq(getsockopt(nl_socket_get_fd(netlink), SOL_SOCKET, SO_RCVBUF, &room, &length),
                     0);
    asked = mask != NULL ? nla_get_u32(mask) : 0;
    return 0;
}

static void
put_vf(struct nl_msg *message, guint index)
{
    const char filler[FILLER] = "";
    const struct ifla_vf_mac mac = {.vf = index, .mac = {0x52, 0x54, 0, 0, 0, (guint8)index}};
    struct nlattr *info = nla_nest_start(message, IFLA_VF_INFO);
    ck_assert_int_eq(nla_put(message, IFLA_VF_MAC, sizeof mac, &mac), 0);
    ck_assert_int_eq(nla_put(message, IFLA_VF_MAX + 1, sizeof filler, filler), 0);
    (void)nla_nest_end(message, info);
    entry_length = nla_total_size(nla_len(info));
}

/* The kernel's nla_nest_end() keeps the low 16 bits of what the length should be. */
int
nl_recvmsgs_default(struct nl_sock *netlink)
{
    const struct ifinfomsg header = {.ifi_index = 1};
    struct nl_msg *message = nlmsg_alloc_size(1 << 20);
    (void)netlink;
    (void)nlmsg_put(message, 0, 0, RTM_NEWLINK, 0, 0);
    ck_assert_int_eq(nlmsg_append(message, (void *)&header, sizeof header, NLMSG_ALIGNTO), 0);
    struct nlattr *list = nla_nest_start(message, IFLA_VFINFO_LIST);
    for (guint i = 0; i < vf_count; i++)
        put_vf(message, i);
    list->nla_len = (guint16)((guint8 *)nlmsg_tail(nlmsg_hdr(message)) - (guint8 *)list);
    (void)parse(message, parse_data);
    nlmsg_free(message);
    return 0;
}

int
nl_wait_for_ack(struct nl_sock *netlink)
{
    (void)netlink;
    return 0;
}

/* Every network namespace has a "lo". */
static int
get(guint index, HdVfSettings *ret_settings)
{
    return hd_port_netlink_vf_get("lo", index, ret_settings);
}

/* The answer about 256 VFs, and its acknowledgement, have room at once; no statistics in it. */
START_TEST(an_answer_has_room)
{
    HdVfSettings settings;
    vf_count = 8;
    ck_assert_int_eq(get(7, &settings), 0);
    ck_assert_int_ge(room, 1 << 20);
    ck_assert_uint_eq(asked, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
    ck_assert_uint_eq(settings.known, 1U << HD_VF_MAC);
    ck_assert_uint_eq(settings.mac.bytes[5], 7);
}
END_TEST

START_TEST(no_such_vf)
{
    HdVfSettings settings;
    vf_count = 8;
    ck_assert_int_eq(get(8, &settings), ENOENT);
    vf_count = 0;
    ck_assert_int_eq(get(0, &settings), ENOENT);
}
END_TEST

/* That is not "reports nothing": the VF has settings, and they would be lost. */
START_TEST(a_list_that_wraps)
{
    HdVfSettings settings;
    vf_count = 500;
    ck_assert_int_eq(get(0, &settings), 0);
    ck_assert_uint_gt(vf_count * entry_length, G_MAXUINT16);
    ck_assert_int_eq(get(vf_count - 1, &settings), EOVERFLOW);
}
END_TEST

HD_TEST_MAIN("netlink", tcase_add_test(tcase, an_answer_has_room);
             tcase_add_test(tcase, no_such_vf); tcase_add_test(tcase, a_list_that_wraps))

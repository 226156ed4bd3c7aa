/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * VF settings and MAC addresses by rtnetlink. The messages are put together here, on
 * libnl's core: libnl-route can't write a rate of 0, nor keep the kernel's errnos,
 * which tell what a driver is not able to do.
 */
#include "hd-port-netlink.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#define ANSWER_SECONDS 20
#define ANSWER_BYTES   (1 << 20)

typedef struct nl_sock Socket;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Socket, nl_socket_free)
typedef struct nl_msg Message;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, nlmsg_free)

/* One question about one VF, and its answer. */
typedef struct {
    guint index;
    bool is_found;
    bool is_long; /* a list of 64 KiB wraps: its VFs are not all to be found */
    HdVfSettings settings;
} Answer;

static int
note_error(struct sockaddr_nl *sender, struct nlmsgerr *message, void *data)
{
    (void)sender;
    *(int *)data = -message->error;
    return -nl_syserr2nlerr(-message->error);
}

/* A message of @type about @interface. */
static int
new_message(int type, const char *interface, Message **ret_message)
{
    const struct ifinfomsg header = {.ifi_family = AF_UNSPEC,
                                     .ifi_index = (int)if_nametoindex(interface)};
    if (header.ifi_index == 0)
        return ENODEV;
    g_autoptr(Message) message = nlmsg_alloc_simple(type, NLM_F_REQUEST);
    if (message == NULL || nlmsg_append(message, (void *)&header, sizeof header, NLMSG_ALIGNTO) < 0)
        return ENOMEM;
    *ret_message = g_steal_pointer(&message);
    return 0;
}

/* The kernel queues an answer about hundreds of VFs and its acknowledgement at once, and drops what
   has no room; who may not have more than all others gets that. */
static void
make_room(Socket *netlink)
{
    const int bytes = ANSWER_BYTES;
    if (setsockopt(nl_socket_get_fd(netlink), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        (void)nl_socket_set_buffer_size(netlink, ANSWER_BYTES, 0);
}

/* Sends @message and waits for the kernel's answer, which @parse gets, or for its errno. */
static int
ask(Message *message, nl_recvmsg_msg_cb_t parse, void *data)
{
    const struct timeval timeout = {.tv_sec = ANSWER_SECONDS};
    int noted = 0;
    g_autoptr(Socket) netlink = nl_socket_alloc();
    if (netlink == NULL)
        return ENOMEM;
    if (nl_connect(netlink, NETLINK_ROUTE) < 0)
        return EPROTONOSUPPORT;
    /* A driver that keeps the RTNL lock must not keep every start. */
    (void)setsockopt(nl_socket_get_fd(netlink), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    make_room(netlink);
    (void)nl_socket_modify_err_cb(netlink, NL_CB_CUSTOM, note_error, &noted);
    /* The reply about a PF with hundreds of VFs is long. */
    nl_socket_enable_msg_peek(netlink);
    if (parse != NULL)
        (void)nl_socket_modify_cb(netlink, NL_CB_VALID, NL_CB_CUSTOM, parse, data);
    if (nl_send_auto(netlink, message) < 0)
        return EIO;
    int code = parse != NULL ? nl_recvmsgs_default(netlink) : 0;
    /* With an answer comes an acknowledgement, too. */
    if (code >= 0)
        code = nl_wait_for_ack(netlink);
    if (code >= 0)
        return 0;
    return noted != 0 ? noted : EIO;
}

static void
learn(HdVfSettings *settings, HdVfKey key)
{
    settings->known |= 1U << key;
}

/* Drivers that know nothing of a switch leave it at -1. */
static bool
read_switch(struct nlattr *attribute, bool *ret_on)
{
    const struct ifla_vf_spoofchk *value = attribute != NULL ? nla_data(attribute) : NULL;
    if (value == NULL || value->setting == G_MAXUINT32)
        return false;
    *ret_on = value->setting != 0;
    return true;
}

static void
read_vlan(struct nlattr *list, HdVfSettings *settings)
{
    struct nlattr *first = list != NULL ? nla_data(list) : NULL;
    if (first == NULL || nla_len(list) < (int)(NLA_HDRLEN + sizeof(struct ifla_vf_vlan_info)))
        return;
    const struct ifla_vf_vlan_info *vlan = nla_data(first);
    settings->vlan = vlan->vlan;
    settings->qos = vlan->qos;
    settings->proto = vlan->vlan_proto == htons(ETH_P_8021AD) ? ETH_P_8021AD : ETH_P_8021Q;
    learn(settings, HD_VF_VLAN);
    learn(settings, HD_VF_QOS);
    learn(settings, HD_VF_PROTO);
}

static void
read_numbers(struct nlattr **parts, HdVfSettings *settings)
{
    if (parts[IFLA_VF_RATE] != NULL) {
        const struct ifla_vf_rate *rate = nla_data(parts[IFLA_VF_RATE]);
        settings->min_rate = rate->min_tx_rate;
        settings->max_rate = rate->max_tx_rate;
        learn(settings, HD_VF_MIN_RATE);
        learn(settings, HD_VF_MAX_RATE);
    }
    if (parts[IFLA_VF_LINK_STATE] != NULL) {
        const struct ifla_vf_link_state *link = nla_data(parts[IFLA_VF_LINK_STATE]);
        if (link->link_state > HD_VF_LINK_DISABLE)
            return;
        settings->link_state = (HdVfLink)link->link_state;
        learn(settings, HD_VF_LINK_STATE);
    }
}

/* One IFLA_VF_INFO. */
static void
read_vf(struct nlattr *info, Answer *answer)
{
    static const struct nla_policy policy[IFLA_VF_MAX + 1] = {
        [IFLA_VF_MAC] = {.minlen = sizeof(struct ifla_vf_mac)},
        [IFLA_VF_SPOOFCHK] = {.minlen = sizeof(struct ifla_vf_spoofchk)},
        [IFLA_VF_LINK_STATE] = {.minlen = sizeof(struct ifla_vf_link_state)},
        [IFLA_VF_RATE] = {.minlen = sizeof(struct ifla_vf_rate)},
        [IFLA_VF_TRUST] = {.minlen = sizeof(struct ifla_vf_trust)},
    };
    struct nlattr *parts[IFLA_VF_MAX + 1];
    if (nla_parse_nested(parts, IFLA_VF_MAX, info, policy) < 0 || parts[IFLA_VF_MAC] == NULL)
        return;
    const struct ifla_vf_mac *mac = nla_data(parts[IFLA_VF_MAC]);
    if (mac->vf != answer->index)
        return;
    HdVfSettings *settings = &answer->settings;
    answer->is_found = true;
    memcpy(settings->mac.bytes, mac->mac, sizeof settings->mac.bytes);
    learn(settings, HD_VF_MAC);
    read_vlan(parts[IFLA_VF_VLAN_LIST], settings);
    if (read_switch(parts[IFLA_VF_SPOOFCHK], &settings->spoofchk))
        learn(settings, HD_VF_SPOOFCHK);
    if (read_switch(parts[IFLA_VF_TRUST], &settings->trust))
        learn(settings, HD_VF_TRUST);
    read_numbers(parts, settings);
}

static int
read_link(struct nl_msg *message, void *data)
{
    Answer *answer = data;
    struct nlattr *list =
        nlmsg_find_attr(nlmsg_hdr(message), sizeof(struct ifinfomsg), IFLA_VFINFO_LIST);
    struct nlattr *info;
    int rest;
    answer->is_long = nlmsg_datalen(nlmsg_hdr(message)) > G_MAXUINT16;
    if (list == NULL)
        return NL_OK;
    nla_for_each_nested(info, list, rest)
    {
        read_vf(info, answer);
    }
    return NL_OK;
}

int
hd_port_netlink_vf_get(const char *interface, guint index, HdVfSettings *ret_settings)
{
    Answer answer = {.index = index};
    g_autoptr(Message) message = NULL;
    int error = new_message(RTM_GETLINK, interface, &message);
    if (error != 0)
        return error;
    nlmsg_hdr(message)->nlmsg_flags |= NLM_F_ACK;
    if (nla_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS) < 0)
        return ENOMEM;
    error = ask(message, read_link, &answer);
    if (error != 0)
        return error;
    if (!answer.is_found)
        return answer.is_long ? EOVERFLOW : ENOENT;
    *ret_settings = answer.settings;
    return 0;
}

static int
put_mac(Message *message, guint index, const HdMac *mac)
{
    struct ifla_vf_mac value = {.vf = index};
    memcpy(value.mac, mac->bytes, sizeof mac->bytes);
    return nla_put(message, IFLA_VF_MAC, sizeof value, &value);
}

/* Not every driver, nor kernel before 4.9, takes the list; for plain 802.1Q none is needed. */
static int
put_vlan(Message *message, guint index, const HdVfSettings *settings)
{
    const struct ifla_vf_vlan plain = {index, settings->vlan, settings->qos};
    const struct ifla_vf_vlan_info info = {index, settings->vlan, settings->qos,
                                           htons(settings->proto)};
    if (settings->proto == ETH_P_8021Q)
        return nla_put(message, IFLA_VF_VLAN, sizeof plain, &plain);
    struct nlattr *list = nla_nest_start(message, IFLA_VF_VLAN_LIST);
    int code = list != NULL ? nla_put(message, IFLA_VF_VLAN_INFO, sizeof info, &info) : -NLE_NOMEM;
    return code >= 0 ? nla_nest_end(message, list) : code;
}

static int
put_key(Message *message, guint index, const HdVfSettings *settings, HdVfKey key)
{
    const struct ifla_vf_spoofchk spoofchk = {index, settings->spoofchk};
    const struct ifla_vf_trust trust = {index, settings->trust};
    const struct ifla_vf_rate rate = {index, settings->min_rate, settings->max_rate};
    const struct ifla_vf_link_state link = {index, settings->link_state};
    switch (key) {
    case HD_VF_MAC:
        return put_mac(message, index, &settings->mac);
    case HD_VF_VLAN:
    case HD_VF_QOS:
    case HD_VF_PROTO:
        return put_vlan(message, index, settings);
    case HD_VF_SPOOFCHK:
        return nla_put(message, IFLA_VF_SPOOFCHK, sizeof spoofchk, &spoofchk);
    case HD_VF_TRUST:
        return nla_put(message, IFLA_VF_TRUST, sizeof trust, &trust);
    case HD_VF_MIN_RATE:
    case HD_VF_MAX_RATE:
        return nla_put(message, IFLA_VF_RATE, sizeof rate, &rate);
    case HD_VF_LINK_STATE:
        break;
    }
    return nla_put(message, IFLA_VF_LINK_STATE, sizeof link, &link);
}

int
hd_port_netlink_vf_set(const char *interface, guint index, const HdVfSettings *settings,
                       HdVfKey key)
{
    g_autoptr(Message) message = NULL;
    int error = new_message(RTM_SETLINK, interface, &message);
    if (error != 0)
        return error;
    nlmsg_hdr(message)->nlmsg_flags |= NLM_F_ACK;
    struct nlattr *list = nla_nest_start(message, IFLA_VFINFO_LIST);
    struct nlattr *info = list != NULL ? nla_nest_start(message, IFLA_VF_INFO) : NULL;
    if (info == NULL || put_key(message, index, settings, key) < 0)
        return ENOMEM;
    (void)nla_nest_end(message, info);
    (void)nla_nest_end(message, list);
    return ask(message, NULL, NULL);
}

int
hd_port_netlink_set_mac(const char *interface, const HdMac *mac)
{
    g_autoptr(Message) message = NULL;
    int error = new_message(RTM_SETLINK, interface, &message);
    if (error != 0)
        return error;
    nlmsg_hdr(message)->nlmsg_flags |= NLM_F_ACK;
    if (nla_put(message, IFLA_ADDRESS, sizeof mac->bytes, mac->bytes) < 0)
        return ENOMEM;
    return ask(message, NULL, NULL);
}

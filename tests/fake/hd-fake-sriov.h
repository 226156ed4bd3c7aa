/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_SRIOV_H
#define HD_FAKE_SRIOV_H

#include "hd-fake.h"

/* Shared by the fake's SR-IOV files: which PFs and VFs there are (hd-fake-sriov.c), what a write
   does (hd-fake-sriov-store.c), network interfaces and MACs (hd-fake-net.c), the settings of VFs
   (hd-fake-vf-settings.c), the words of the tests (hd-fake-sriov-words.c). */

/** HdFakeVf: a VF that there is. */
typedef struct {
    guint index;
    char *address;
    HdVfSettings settings; /* as the PF's driver reports them */
    bool has_admin_mac;    /* the MAC is the PF's choice, not that of the VF's driver */
    HdMac assigned;        /* what the PF gave the VF's driver at its probe, or zero */
} HdFakeVf;

/** HdFakeSriovPf: a function with SR-IOV. */
typedef struct {
    char *address, *interface, *vf_native;
    guint total, first_group;
    guint limit; /* the driver makes no more */
    guint count; /* sriov_numvfs */
    guint16 vf_device;
    bool keeps_vfs, autoprobe;
    bool is_disabling; /* a VF in use blocks it */
    GPtrArray *vfs;    /* HdFakeVf*, by index */
} HdFakeSriovPf;

/** HdFakeSriov: all of a fake. */
typedef struct {
    GPtrArray *pfs;    /* HdFakeSriovPf* */
    GHashTable *busy;  /* a VF's address -> number of settings that are yet to fail */
    guint made_up_mac; /* number of the last one */
    guint ignored;     /* a bit, 1 << HdVfKey, each */
    bool refuses_no_mac;
} HdFakeSriov;

/** Returns: (transfer full): no PFs. */
HdFakeSriov *hd_fake_sriov_new(void);
void hd_fake_sriov_free(HdFakeSriov *sriov);

/** Returns: (transfer none) (nullable): the PF, or the VF and its PF, at @address. */
HdFakeSriovPf *hd_fake_sriov_find_pf(HdFake *fake, const char *address);
HdFakeVf *hd_fake_sriov_find_vf(HdFake *fake, const char *address, HdFakeSriovPf **ret_pf);

/** Returns: whether @address is a PF that has VFs. */
bool hd_fake_sriov_has_vfs(HdFake *fake, const char *address);

/** Returns: whether the PCI bus lets a driver, of whatever match, probe it
 * (sriov_drivers_autoprobe).
 */
bool hd_fake_sriov_may_probe(HdFake *fake, const char *address, const char *override);

/** Makes VFs, as many as the driver can. */
void hd_fake_sriov_enable(HdFake *fake, HdFakeSriovPf *pf, guint count);
/** Takes all VFs away, or blocks at the first that is in use: see hd_fake_block(). */
void hd_fake_sriov_disable(HdFake *fake, HdFakeSriovPf *pf);

/** The driver of @address is asked to let go of it: that of a PF may take its VFs along.
    Returns: whether that blocks. */
bool hd_fake_sriov_leave(HdFake *fake, const char *address);
/** What blocked at the VF @address goes on. Another function is fine. */
void hd_fake_sriov_let_go(HdFake *fake, const char *address);
/** The function @address has left the host: a PF takes its VFs along. Any is fine. */
void hd_fake_sriov_forget(HdFake *fake, const char *address);

/** Shows the sriov_* files that change. */
void hd_fake_sriov_show(HdFake *fake, const HdFakeSriovPf *pf);

/**
 * What the kernel does and answers when @text is written to @path, links followed.
 * Returns: whether @path is a file of SR-IOV at all; *ret_error is only then set.
 */
bool hd_fake_sriov_store(HdFake *fake, const char *path, const char *text, int *ret_error);

/** The function @address has come to a driver or left it: so does its network interface. */
void hd_fake_net_moved(HdFake *fake, const char *address);
/** Returns: (transfer none) (nullable): the PF whose @interface is there. */
HdFakeSriovPf *hd_fake_net_find_pf(HdFake *fake, const char *interface);
/** Returns: whether there is such a network interface. */
bool hd_fake_net_exists(HdFake *fake, const char *interface);

/** Returns: (transfer none) (nullable): the VF number @index, which is there. */
HdFakeVf *hd_fake_sriov_vf_at(const HdFakeSriovPf *pf, guint index);
/** Gives a VF the settings that new ones have. */
void hd_fake_vf_settings_reset(HdFakeVf *vf);

/** Appends the lines of PFs, of VFs and of network interfaces to a hd_fake_dump(). */
void hd_fake_sriov_dump(HdFake *fake, GString *text);

/** hd_port_vf_get() */
int hd_fake_vf_get(HdPort *port, const char *interface, guint index, HdVfSettings *ret_settings);
/** hd_port_vf_set(), as the driver igb answers */
int hd_fake_vf_set(HdPort *port, const char *interface, guint index, const HdVfSettings *settings,
                   HdVfKey key);
/** hd_port_net_set_mac(), as the driver igbvf answers */
int hd_fake_net_set_mac(HdPort *port, const char *interface, const HdMac *mac);

#endif

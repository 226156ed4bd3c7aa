/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_DESKTOP_H
#define HD_FAKE_DESKTOP_H

#include "hd-fake.h"

/* Words for graphics cards and the host's own picture, and the model behind them. */

/** HdFakeDesktop: screens, console, units and attributes of a fake. */
typedef struct HdFakeDesktop HdFakeDesktop;
HdFakeDesktop *hd_fake_desktop_new(void);
void hd_fake_desktop_free(HdFakeDesktop *desktop);

/**
 * Makes a function that was added a graphics card: while it is on its native driver it has fb<N>
 * and /dev/dri/card<N>. @is_boot: the firmware has shown its picture on it. It gets d3cold_allowed
 * and reset_method "flr bus".
 */
void hd_fake_make_card(HdFake *fake, const char *address, guint number, bool is_boot);

/** Gives a function d3cold_allowed and reset_method, with all ways that it has (@reset_methods,
 * "flr bus"). */
void hd_fake_give_settings(HdFake *fake, const char *address, const char *reset_methods);

/** The firmware's framebuffer @name ("efi-framebuffer.0") is on the card @address; vfio's coming
 * takes it away for good. */
void hd_fake_add_firmware_screen(HdFake *fake, const char *name, const char *driver,
                                 const char *address);

/** From now on the kernel says yes to releasing the console, and keeps it. */
void hd_fake_keep_console(HdFake *fake);

/** Makes the card @address NVIDIA's number @minor: its driver waits while nvidia_drm, nvidia_uvm or
 * nvidia_modeset is loaded, or /dev/nvidia<minor> is open. */
void hd_fake_make_nvidia(HdFake *fake, const char *address, guint minor);

/** HdFakeUnit: a systemd unit with one process. */
typedef struct {
    const char *name;
    guint pid;
    const char *comm;
    const char *open;   /* (nullable): node that the process has open */
    guint lingers_ms;   /* the process ends so long after the unit has stopped */
    bool never_ends;    /* the process outlives the unit */
    bool refuses_stop;  /* systemctl stop fails */
    bool refuses_start; /* systemctl start fails */
} HdFakeUnit;

/** Adds an active unit. */
void hd_fake_add_unit(HdFake *fake, const HdFakeUnit *unit);
/** Returns: whether the unit is active. */
bool hd_fake_unit_is_active(HdFake *fake, const char *name);

/** The function's BAR @bar has @mb MiB, and can have what @sizes says: bit n: 2^n MiB. */
void hd_fake_set_bar(HdFake *fake, const char *address, guint bar, guint64 mb, guint64 sizes);

/** From now on the function does not answer any more once vfio has had it with d3cold_allowed. */
void hd_fake_die_in_d3cold(HdFake *fake, const char *address);

/* For the fake's own files. */

/** @address has come to another driver, or to none (@driver NULL), from @from (nullable). */
void hd_fake_desktop_moved(HdFake *fake, const char *address, const char *from, const char *driver);
/** Whether an unbind of the function from @driver has to wait for users. */
bool hd_fake_desktop_blocks(HdFake *fake, const char *address, const char *driver);
/** Handles writes to what is modelled here. Returns: whether @path is. */
bool hd_fake_desktop_store(HdFake *fake, const char *path, const char *text, int *ret_error);
/** Verbs of the port. */
int hd_fake_unload_module(HdPort *port, const char *module);
int hd_fake_set_unit(HdPort *port, const char *unit, bool is_active);
guint hd_fake_await_close(HdPort *port, const GPtrArray *nodes, guint ms);
/** Appends what a user can see. */
void hd_fake_desktop_dump(HdFake *fake, GString *text);

#endif

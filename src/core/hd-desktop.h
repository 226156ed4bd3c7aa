/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_DESKTOP_H
#define HD_DESKTOP_H

#include <glib.h>
#include <stdbool.h>

#include "hd-pci-address.h"

/** HdFramebuffer: one framebuffer of the host, which its text console may be shown on. */
typedef struct {
    char *name;           /* "fb0" */
    bool has_function;    /* it is known whose it is: */
    HdPciAddress address; /* this card's */
    char *platform;       /* (nullable): of the firmware's: its device, "efi-framebuffer.0", */
    char *driver;         /* (nullable): and that one's driver, "simple-framebuffer" */
} HdFramebuffer;

/**
 * HdDesktop:
 * What the host itself shows and runs on its graphics cards; known where a VM asks for one.
 */
typedef struct {
    bool is_console_bound; /* the text console is on framebuffers (fbcon) */
    bool is_text_mode;     /* it is on the boot display's VGA text mode, */
    bool has_boot_display; /* which is this one: */
    HdPciAddress boot_display;
    GPtrArray *framebuffers; /* of HdFramebuffer* */
    bool keeps_d3cold;       /* by the host's configuration: d3cold_allowed is left as it is */
    GPtrArray *units;        /* of char*: units of stop-units that are active, in that order, */
    GPtrArray *unit_aliases; /* of char*: and under which names they are listed there */
    GPtrArray *unit_names;   /* of char*: all of stop-units */
    GPtrArray *modules;      /* of char*: dependants (hd-gpu.h) that are loaded */
    GPtrArray *functions;    /* of HdDesktopFunction*: on drivers that have dependants */
} HdDesktop;

/** HdDesktopFunction: a card on a driver that has dependants. */
typedef struct {
    HdPciAddress address;
    char *driver;
} HdDesktopFunction;

/** Returns: (transfer full): nothing known. */
HdDesktop *hd_desktop_new(void);
void hd_desktop_free(HdDesktop *desktop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdDesktop, hd_desktop_free)

/** Appends a framebuffer called @name. Returns: (transfer none): to be filled in. */
HdFramebuffer *hd_desktop_add_framebuffer(HdDesktop *desktop, const char *name);

/** Appends a function of @driver. */
void hd_desktop_add_function(HdDesktop *desktop, const HdPciAddress *address, const char *driver);

/** Returns: whether @name is a systemd service's, at most 56 characters of [A-Za-z0-9@:_.-]: of
 * other units systemd doesn't tell in its files whether they are active. */
bool hd_unit_is_name(const char *name);

/**
 * hd_units_parse:
 * @text: names with blanks between them; "" is an empty list
 * @ret_units: (transfer full) (element-type utf8): each once, in order
 *
 * Returns: whether all are units' names, and none is libvirt's.
 */
bool hd_units_parse(const char *text, GPtrArray **ret_units);

/** Returns: (transfer full): "a.service, b.service". */
char *hd_units_text(const GPtrArray *units);

#endif

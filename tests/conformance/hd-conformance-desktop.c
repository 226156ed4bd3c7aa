/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table about the host's own picture: framebuffers and the console that is on them, cards that
 * somebody has open, modules in use, and the files by which systemd tells what runs.
 */
#include "hd-conformance-desktop.h"

#include "hd-conformance-row.h"

/* %A boot card, %O other card, %D their driver, %M its module, %U a unit, %X a unit that doesn't
   start, %I its invocation */
#define DEV     "sys/bus/pci/devices/"
#define DRV     "sys/bus/pci/drivers/%D/"
#define CONSOLE "sys/class/vtconsole/vtcon1"
#define BIND    CONSOLE "/bind"
#define DUMMY   "sys/class/vtconsole/vtcon0"
#define LINKED  "run/systemd/units/invocation:"

#define SET(file, text)                                                                            \
    {WRITE, file, text},                                                                           \
    {                                                                                              \
        READ, file, NULL                                                                           \
    }

static const HdConformanceRow rows[] = {
    /* Two cards, a framebuffer each, and the console. */
    {READ, DEV "%A/boot_vga", NULL},
    {MEMBERS, DEV "%A/graphics", NULL},
    {EXISTS, DEV "%A/graphics/fb0", NULL},
    {EXISTS, DEV "%O/graphics/fb1", NULL},
    {EXISTS, DEV "%A/drm/card0", NULL},
    {EXISTS, DEV "%O/drm/card1", NULL},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {EXISTS, "sys/class/graphics/fb1", NULL},
    {READ, CONSOLE "/name", NULL},
    {READ, BIND, NULL},
    {READ, DUMMY "/name", NULL},
    {READ, DUMMY "/bind", NULL},
    /* Any text is an answer: a number that isn't 0 is a yes, all else a no. */
    SET(BIND, "0"),
    SET(BIND, "0"),
    SET(BIND, "1"),
    SET(BIND, "1"),
    SET(BIND, "x"),
    SET(BIND, "2"),
    SET(BIND, ""),
    SET(BIND, "00"),
    SET(BIND, "01\n"),
    SET(BIND, " 1"),
    SET(BIND, "0x1"),
    SET(BIND, "-1"),
    SET(BIND, "1\n"),
    {READ, DUMMY "/bind", NULL},
    /* The dummy takes the console only when the other lets go. */
    SET(DUMMY "/bind", "1"),
    SET(DUMMY "/bind", "0"),
    {READ, BIND, NULL},
    {WRITE, CONSOLE "/name", "x"},
    {WRITE, "sys/class/vtconsole/vtcon9/bind", "0"},
    /* The second screen goes and comes: the console doesn't mind. */
    {WRITE, DRV "unbind", "%O"},
    {EXISTS, "sys/class/graphics/fb1", NULL},
    {EXISTS, DEV "%O/drm", NULL},
    {READ, BIND, NULL},
    {WRITE, DRV "bind", "%O"},
    {EXISTS, "sys/class/graphics/fb1", NULL},
    {READ, BIND, NULL},
    /* The first does: the console moves to the other, or is let go of. */
    {WRITE, DRV "unbind", "%A"},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {EXISTS, "sys/class/graphics/fb1", NULL},
    {READ, BIND, NULL},
    {WRITE, DRV "bind", "%A"},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {READ, BIND, NULL},
    /* Released first, it stays so until it is told otherwise. */
    SET(BIND, "0"),
    {READ, DUMMY "/bind", NULL},
    {WRITE, DRV "unbind", "%A"},
    {READ, BIND, NULL},
    SET(BIND, "1"),
    {READ, DUMMY "/bind", NULL},
    {WRITE, DRV "bind", "%A"},
    {READ, BIND, NULL},
    /* With the last framebuffer goes the console's driver, and it comes with the first. */
    {WRITE, BIND, "0"},
    {WRITE, DRV "unbind", "%A"},
    {WRITE, DRV "unbind", "%O"},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {EXISTS, "sys/class/graphics/fb1", NULL},
    {EXISTS, CONSOLE, NULL},
    {WRITE, BIND, "1"},
    {READ, BIND, NULL},
    {READ, DUMMY "/bind", NULL},
    {WRITE, DRV "bind", "%A"},
    {READ, CONSOLE "/name", NULL},
    {READ, BIND, NULL},
    {READ, DUMMY "/bind", NULL},
    {WRITE, DRV "bind", "%O"},
    {SETTLE, DRV "bind", NULL},
    {READ, BIND, NULL},
    /* Somebody has a card open: its module stays, the driver lets go all the same. */
    {HOLD, "dev/dri/card0", NULL},
    {UNLOAD, "%M", NULL},
    {EXISTS, "sys/module/%M", NULL},
    {WRITE, DRV "unbind", "%A"},
    {LINK, DEV "%A/driver", NULL},
    {EXISTS, DEV "%A/drm", NULL},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {UNLOAD, "%M", NULL},
    {DROP, "dev/dri/card0", NULL},
    {WRITE, DRV "bind", "%A"},
    {SETTLE, DRV "bind", NULL},
    {EXISTS, "sys/class/graphics/fb0", NULL},
    {EXISTS, DEV "%A/drm/card0", NULL},
    /* Nobody has. */
    {UNLOAD, "%M", NULL},
    {EXISTS, "sys/module/%M", NULL},
    {LINK, DEV "%A/driver", NULL},
    {LINK, DEV "%O/driver", NULL},
    {EXISTS, CONSOLE, NULL},
    {READ, DUMMY "/bind", NULL},
    {LOAD, "%M", NULL},
    {SETTLE, DRV "bind", NULL},
    {LINK, DEV "%A/driver", NULL},
    {LINK, DEV "%O/driver", NULL},
    {READ, BIND, NULL},
    /* Units: a link is there while one is active. */
    {NOTE, LINKED "%U", "%I"},
    {UNIT, "%U", "stop"},
    {UNIT, "%U", "start"},
    {NOTE, LINKED "%U", "%I"},
    {EXISTS, LINKED "%U", NULL},
    {UNIT, "%U", "start"},
    {LINK, LINKED "%U", NULL},
    {UNIT, "%U", "stop"},
    {NOTE, LINKED "%U", "%I"},
    {UNIT, "%U", "stop"},
    {UNIT, "%X", "start"},
    {NOTE, LINKED "%X", "%I"},
    {UNIT, "%X", "stop"},
    {UNIT, "hd-nosuch.service", "start"},
    {UNIT, "hd-nosuch.service", "stop"},
    {UNIT, "no unit", "start"},
    {UNIT, "../%U", "stop"},
};

guint
hd_conformance_desktop_run(HdPort *port, HdConformanceHold hold,
                           const HdConformanceDesktopTarget *target)
{
    const HdConformanceName names[] = {{"%A", target->boot},   {"%O", target->other},
                                       {"%D", target->driver}, {"%M", target->module},
                                       {"%U", target->unit},   {"%X", target->broken_unit}};
    hd_conformance_run_rows_holding(port, hold, rows, G_N_ELEMENTS(rows), names,
                                    G_N_ELEMENTS(names));
    return G_N_ELEMENTS(rows);
}

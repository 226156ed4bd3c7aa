/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_CONFORMANCE_ROW_H
#define HD_CONFORMANCE_ROW_H

#include "hd-port.h"

/** What a row does with its path. */
typedef enum {
    WRITE,   /* write the text */
    READ,    /* the content */
    LINK,    /* a link's last component */
    TARGET,  /* a link's whole text */
    EXISTS,  /* yes or no */
    NODE,    /* owner and mode of a device node */
    MEMBERS, /* how many names a folder has */
    CHANGE,  /* a number, compared with what this row's path had first */
    NOTE,    /* a link's last component, for which the placeholder that is the text stands then */
    ONLY,    /* likewise the only name in a folder */
    FILL,    /* make mdevs until the create file that is the path refuses: that answer */
    EMPTY,   /* remove what FILL has made; path: the folder of mdevs */
    SETTLE,  /* wait for udev, and for the VFs' drivers */
    AWAIT,   /* wait until the file has the text */
    MAC,    /* the content, a MAC address: a placeholder; the one made up that was seen last; new */
    VF_GET, /* settings of the VF "INTERFACE INDEX", the MAC as above */
    VF_SET, /* one of them: see hd-conformance-vf.h */
    SET_MAC, /* give a network interface a MAC address */
    LOAD,    /* load the module that the path is */
    UNLOAD,  /* unload it */
    UNIT,    /* "start" or "stop" the unit that the path is */
    HOLD,    /* a process opens the node */
    DROP,    /* and closes it */
} HdConformanceVerb;

/** HdConformanceRow: one call through the port. Placeholders stand for what differs by machine. */
typedef struct {
    HdConformanceVerb verb;
    const char *path;
    const char *text; /* of WRITE and others; "<4094>" and the like: that many 'a' */
} HdConformanceRow;

/** HdConformanceName: what a placeholder stands for. */
typedef struct {
    const char *placeholder; /* "%A" */
    const char *value;
} HdConformanceName;

/** Opens the node @path, or (@is_held false) closes it again. Returns: 0 or an errno value. */
typedef int (*HdConformanceHold)(HdPort *port, const char *path, bool is_held);

/** As hd_conformance_run_rows(), for rows with HOLD and DROP. */
void hd_conformance_run_rows_holding(HdPort *port, HdConformanceHold hold,
                                     const HdConformanceRow *rows, guint row_count,
                                     const HdConformanceName *names, guint name_count);

/**
 * Runs @rows in order and prints, for each, what was done and what the answer was: an errno's
 * name or a text. Path components of an answer that are the value of a name are shown as its
 * placeholder.
 */
void hd_conformance_run_rows(HdPort *port, const HdConformanceRow *rows, guint row_count,
                             const HdConformanceName *names, guint name_count);

#endif

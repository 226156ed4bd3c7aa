/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_MAPPING_PROBE_H
#define HD_MAPPING_PROBE_H

#include "hd-error.h"
#include "hd-fingerprint.h"
#include "hd-host.h"
#include "hd-port.h"
#include "hd-request.h"

/** Where mappings are, below the root. */
#define HD_MAPPINGS "etc/hostdevctl/mappings.d"
/** Where what is known of their devices is, a file a mapping. */
#define HD_FINGERPRINTS "var/lib/hostdevctl/fingerprints"

/** Returns: (transfer full) (element-type utf8): names of all mappings. */
GPtrArray *hd_mapping_names(HdPort *port);

/**
 * hd_mapping_load:
 * @ret_mapping: (transfer full) (nullable): the mapping @name for this host; NULL: there is none
 *
 * Returns: false on %HD_ERROR_CONFIG.
 */
bool hd_mapping_load(HdPort *port, const char *name, HdMapping **ret_mapping, GError **ret_error);

/** Adds the mapping @name, if there is one, to @host. Returns: false on %HD_ERROR_CONFIG. */
bool hd_mapping_probe(HdPort *port, const char *name, HdHost *host, GError **ret_error);

/** Fills in port_path of all @devices, which a mapping may ask for. */
void hd_mapping_probe_paths(HdPort *port, const GPtrArray *devices);

/** Fills in the parents of @mapping: those on this host that are in it. Errors: %HD_ERROR_KERNEL.
 */
bool hd_mapping_probe_parents(HdPort *port, HdMapping *mapping, GError **ret_error);

/**
 * hd_mapping_probe_request:
 * @host: gets the mappings that @request names, and for each of their functions that is not the
 *   card it was: where that one is now (hd_host_set_stranger())
 *
 * Returns: false on %HD_ERROR_CONFIG or %HD_ERROR_KERNEL.
 */
bool hd_mapping_probe_request(HdPort *port, const HdRequest *request, HdHost *host,
                              GError **ret_error);

/** Returns: (transfer full) (element-type HdFingerprint): what is known of the devices of @mapping.
 */
GPtrArray *hd_fingerprints_load(HdPort *port, const char *mapping);

/** Returns: (transfer full): the fingerprint of @device as it is now. */
HdFingerprint *hd_fingerprint_probe(HdPort *port, HdDevice *device);

/**
 * hd_fingerprint_learn:
 * Keeps how the function @address looks, unless that is known.
 * @again: also if it is known: a person says that the card is the right one
 *
 * Returns: 0 or an errno value.
 */
int hd_fingerprint_learn(HdPort *port, const char *mapping, const HdPciAddress *address,
                         bool again);

#endif

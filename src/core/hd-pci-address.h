/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_PCI_ADDRESS_H
#define HD_PCI_ADDRESS_H

#include <glib.h>
#include <stdbool.h>

/**
 * HdPciAddress:
 * Where a PCI function sits, as the kernel names it: dddd:bb:ss.f. A plain value.
 * Domains above 0xffff exist (VMD gives 10000:...).
 */
typedef struct {
    guint32 domain;
    guint8 bus;
    guint8 slot;     /* 0..0x1f */
    guint8 function; /* 0..7 */
} HdPciAddress;

/** Room for the longest address text. By value, so that it needs no freeing. */
typedef struct {
    char text[20];
} HdPciAddressText;

/**
 * hd_pci_address_parse:
 * @text: "0000:65:00.0" or, for domain 0, "65:00.0"; hexadecimal, nothing around it
 * @ret_address: the address; untouched on failure
 *
 * Returns: whether @text is an address.
 */
bool hd_pci_address_parse(const char *text, HdPciAddress *ret_address);

/**
 * hd_pci_address_from_parts:
 * @domain, @bus, @slot, @function: numbers of any size, from outside
 * @ret_address: the address; untouched on failure
 *
 * Returns: whether each number is within what PCI allows.
 */
bool hd_pci_address_from_parts(guint64 domain, guint64 bus, guint64 slot, guint64 function,
                               HdPciAddress *ret_address);

/**
 * Reads libvirt's node device name of a PCI function, "pci_0000_65_00_0"
 * (nodeDeviceGenerateName()). Returns: whether @text is one; else @ret_address is untouched.
 */
bool hd_pci_address_parse_node_name(const char *text, HdPciAddress *ret_address);

/** Returns: the kernel's form, e.g. "0000:65:00.0". */
HdPciAddressText hd_pci_address_text(const HdPciAddress *address);

/** Returns: a number that is equal for equal addresses and sorts as lspci does. */
guint64 hd_pci_address_key(const HdPciAddress *address);

/** Returns: whether both are functions of one card: at most the function's number differs. */
bool hd_pci_address_is_same_card(const HdPciAddress *a, const HdPciAddress *b);

/** Returns: whether both name the same function. */
bool hd_pci_address_equal(const HdPciAddress *a, const HdPciAddress *b);

#endif

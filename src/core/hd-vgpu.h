/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_VGPU_H
#define HD_VGPU_H

#include <glib.h>
#include <stdbool.h>

/** HdVgpuType: a vGPU type as the vendor's driver lists it for one VF. */
typedef struct {
    guint id;   /* what is written to nvidia/current_vgpu_type */
    char *name; /* "NVIDIA L40-1B" */
} HdVgpuType;

/**
 * HdVgpu:
 * The vendor-specific vGPU interface of one VF (NVIDIA's driver on kernels >= 6.8, which has no
 * mdev): the folder nvidia/ below it. Follows NVIDIA's vGPU user guide for Linux with KVM.
 */
typedef struct {
    guint current; /* 0: none set */
    GPtrArray
        *creatable; /* of HdVgpuType*, what can be set now; shrinks with each sibling's vGPU */
} HdVgpu;

/** @vgpu: (nullable). Returns: whether a type is set: then its vendor's driver has to keep the VF.
 */
bool hd_vgpu_is_set(const HdVgpu *vgpu);

/** Returns: (transfer full): nothing set, nothing creatable. */
HdVgpu *hd_vgpu_new(void);
void hd_vgpu_free(HdVgpu *vgpu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HdVgpu, hd_vgpu_free)

/**
 * Adds the types of @text, the content of creatable_vgpu_types: lines "558  : NVIDIA L40-1B" below
 * a heading; what is no such line is passed over.
 */
void hd_vgpu_read_creatable(HdVgpu *vgpu, const char *text);

/** Returns: (transfer none) (nullable): the creatable type with that number or that whole name. */
const HdVgpuType *hd_vgpu_find_type(const HdVgpu *vgpu, const char *id_or_name);

/** Returns: (transfer full): the types that can be set now, for people: "5 (GRID P4-2Q), ..." or
    "none". */
char *hd_vgpu_describe_creatable(const HdVgpu *vgpu);

#endif

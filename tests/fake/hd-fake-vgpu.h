/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FAKE_VGPU_H
#define HD_FAKE_VGPU_H

#include "hd-fake.h"

/** HdFakeVgpus: the functions of a fake that have vGPU files. */
typedef struct HdFakeVgpus HdFakeVgpus;

HdFakeVgpus *hd_fake_vgpus_new(void);
void hd_fake_vgpus_free(HdFakeVgpus *vgpus);

/**
 * What NVIDIA's driver does and answers when @text is written to @path, links followed.
 * Returns: whether @path is its file at all; *ret_error is only then set.
 */
bool hd_fake_vgpu_store(HdFake *fake, const char *path, const char *text, int *ret_error);

/** The function @address leaves the host; one without vGPU files is fine. */
void hd_fake_vgpu_forget(HdFake *fake, const char *address);

/** Appends the vGPUs' lines of hd_fake_dump(). */
void hd_fake_vgpu_dump(HdFake *fake, GString *text);

#endif

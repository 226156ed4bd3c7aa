/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is special about graphics cards, as tables: which modules keep a card in use, which nodes
 * its driver's cards share, which cards don't reset.
 */
#include "hd-gpu.h"

#include <string.h>

#define AMD 0x1002

bool
hd_gpu_is_display(const HdDeviceId *id)
{
    return id->class_code >> 16 == 0x03;
}

const char *
hd_gpu_function_name(const HdDeviceId *id)
{
    switch (id->class_code >> 8) {
    case 0x0403:
    case 0x0401:
        return "audio";
    case 0x0c03:
        return "USB";
    case 0x0c80:
        return "serial bus";
    default:
        return hd_gpu_is_display(id) ? "graphics" : "a function of another kind";
    }
}

/* nvidia-drm and nvidia-uvm open the card inside the kernel, and the driver's remove waits for them
   (open-gpu-kernel-modules, kernel-open/nvidia/nv-pci.c: "non-zero usage count"). */
static const char *const nvidia_dependants[] = {"nvidia_uvm", "nvidia_drm", "nvidia_modeset", NULL};
static const char *const nvidia_nodes[] = {"nvidiactl", "nvidia-modeset", "nvidia-uvm",
                                           "nvidia-uvm-tools", NULL};
static const char *const amdgpu_nodes[] = {"kfd", NULL};
static const char *const none[] = {NULL};

static const HdGpuDriver drivers[] = {
    {"nvidia", nvidia_dependants, nvidia_nodes},
    {"amdgpu", none, amdgpu_nodes},
};

const HdGpuDriver *
hd_gpu_find_driver(const char *driver)
{
    for (gsize i = 0; driver != NULL && i < G_N_ELEMENTS(drivers); i++) {
        if (g_str_equal(drivers[i].driver, driver))
            return &drivers[i];
    }
    return NULL;
}

bool
hd_gpu_is_dependant(const char *module)
{
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (g_strv_contains(drivers[i].dependants, module))
            return true;
    }
    return false;
}

/* Ids: the device table of the vendor-reset module (github.com/gnif/vendor-reset,
   src/device-db.h), which exists for these very cards; which of them have the fault: its README.
   Its reset shows as the method "device_specific". */
#define NO_RESET "often hangs at its second start, since it can't be reset by what the kernel has"
#define VENDOR_RESET                                                                               \
    "load the module vendor-reset and set reset='device_specific', or restart the host "           \
    "between two starts"
static const HdGpuQuirk quirks[] = {
    {AMD, 0x67c0, 0x67df, "AMD Polaris 10", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x6fdf, 0x6fdf, "AMD Polaris 20", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x67e0, 0x67ff, "AMD Polaris 11", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x6980, 0x699f, "AMD Polaris 12", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x6860, 0x687f, "AMD Vega 10", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x66a0, 0x66af, "AMD Vega 20", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x7310, 0x731f, "AMD Navi 10", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x7360, 0x7362, "AMD Navi 12", NO_RESET, VENDOR_RESET, "device_specific"},
    {AMD, 0x7340, 0x734f, "AMD Navi 14", NO_RESET, VENDOR_RESET, "device_specific"},
};

const HdGpuQuirk *
hd_gpu_find_quirk(const HdDeviceId *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(quirks) && hd_gpu_is_display(id); i++) {
        if (quirks[i].vendor == id->vendor && quirks[i].first <= id->device &&
            id->device <= quirks[i].last)
            return &quirks[i];
    }
    return NULL;
}

static bool
has_method(const char *methods, const char *method)
{
    g_auto(GStrv) names = g_strsplit(methods, " ", -1);
    return g_strv_contains((const char *const *)names, method);
}

bool
hd_gpu_is_cured(const HdGpuQuirk *quirk, const char *reset_method)
{
    return reset_method != NULL && quirk->cure != NULL && has_method(reset_method, quirk->cure);
}

char *
hd_gpu_reset_warning(const HdDeviceId *id, const char *reset_method)
{
    const HdGpuQuirk *quirk = hd_gpu_find_quirk(id);
    if (reset_method != NULL && *reset_method == '\0')
        return g_strdup("has no way of being reset, so a VM gets it as the last one left it; "
                        "restart the host between two VMs");
    if (quirk == NULL || hd_gpu_is_cured(quirk, reset_method))
        return NULL;
    return g_strdup_printf("(%s) %s; %s", quirk->family, quirk->problem, quirk->remedy);
}

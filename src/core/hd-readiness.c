/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a host needs for iommufd and for live migration with a device. Both fail late and
 * with words of QEMU's otherwise; here all that is lacking is said at once.
 */
#include "hd-readiness.h"

#define VERSION(MAJOR, MINOR) ((MAJOR)*1000 + (MINOR))

/* libvirt's NEWS: hostdevs by iommufd since 12.1.0, the choice of a variant driver since 10.0.0.
   QEMU: object iommufd since 9.0, VFIO migration no longer experimental since 8.1.
   Linux: VFIO_DEVICE_CDEV since 6.6. */
#define LIBVIRT_IOMMUFD VERSION(12, 1)
#define LIBVIRT_VARIANT VERSION(10, 0)
#define QEMU_IOMMUFD    VERSION(9, 0)
#define QEMU_MIGRATION  VERSION(8, 1)
#define KERNEL_CDEV     VERSION(6, 6)

/* Variant drivers with VFIO migration (drivers/vfio/pci/ of Linux 6.19), the first release in which
   they have it, and the VFs in their id tables. nvgrace_gpu_vfio_pci and ism_vfio_pci have no
   migration. @mask: xe's are whole series, of displays. */
typedef struct {
    const char *driver, *option;
    guint since;
    guint16 vendor, device, mask;
    guint8 base_class; /* 0: any */
} Variant;

static const Variant variants[] = {
    {"mlx5_vfio_pci", "MLX5_VFIO_PCI", VERSION(5, 18), 0x15b3, 0x101e, 0xffff, 0},
    {"hisi_acc_vfio_pci", "HISI_ACC_VFIO_PCI", VERSION(5, 18), 0x19e5, 0xa251, 0xffff, 0},
    {"hisi_acc_vfio_pci", "HISI_ACC_VFIO_PCI", VERSION(5, 18), 0x19e5, 0xa256, 0xffff, 0},
    {"hisi_acc_vfio_pci", "HISI_ACC_VFIO_PCI", VERSION(5, 18), 0x19e5, 0xa259, 0xffff, 0},
    {"pds_vfio_pci", "PDS_VFIO_PCI", VERSION(6, 6), 0x1dd8, 0x1003, 0xffff, 0},
    {"qat_vfio_pci", "QAT_VFIO_PCI", VERSION(6, 10), 0x8086, 0x4941, 0xffff, 0},
    {"qat_vfio_pci", "QAT_VFIO_PCI", VERSION(6, 10), 0x8086, 0x4943, 0xffff, 0},
    {"qat_vfio_pci", "QAT_VFIO_PCI", VERSION(6, 10), 0x8086, 0x4945, 0xffff, 0},
    {"qat_vfio_pci", "QAT_VFIO_PCI", VERSION(6, 17), 0x8086, 0x4949, 0xffff, 0},
    {"virtio_vfio_pci", "VIRTIO_VFIO_PCI", VERSION(6, 13), 0x1af4, 0x1041, 0xffff, 0},
    {"virtio_vfio_pci", "VIRTIO_VFIO_PCI", VERSION(6, 15), 0x1af4, 0x1042, 0xffff, 0},
    {"xe_vfio_pci", "XE_VFIO_PCI", VERSION(6, 19), 0x8086, 0xb000, 0xff00, 0x03},
    {"xe_vfio_pci", "XE_VFIO_PCI", VERSION(6, 19), 0x8086, 0xe200, 0xff00, 0x03},
    {"xe_vfio_pci", "XE_VFIO_PCI", VERSION(6, 19), 0x8086, 0xfd00, 0xff00, 0x03},
};

void
hd_readiness_free(HdReadiness *readiness)
{
    if (readiness == NULL)
        return;
    g_ptr_array_unref(readiness->lacks);
    g_free(readiness);
}

static HdReadiness *
new_readiness(void)
{
    HdReadiness *readiness = g_new0(HdReadiness, 1);
    readiness->lacks = g_ptr_array_new_with_free_func(g_free);
    return readiness;
}

static void lack(HdReadiness *readiness, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
lack(HdReadiness *readiness, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(readiness->lacks, g_strdup_vprintf(format, args));
    va_end(args);
}

static HdReadiness *
finish(HdReadiness *readiness)
{
    readiness->is_ready = readiness->lacks->len == 0;
    return readiness;
}

/* A version that isn't known is no reason. */
static bool
is_older(guint version, guint wanted)
{
    return version != 0 && version < wanted;
}

/* ---- iommufd -------------------------------------------------------------------------------- */

/* Distributions backport: where the kernel's configuration is known, its version says nothing. */
static void
judge_nodes(const HdReadinessFacts *facts, HdReadiness *readiness)
{
    const bool is_too_old =
        facts->config_cdev == HD_ANSWER_UNKNOWN && is_older(facts->kernel, KERNEL_CDEV);
    if (facts->config_iommufd == HD_ANSWER_NO)
        lack(readiness, "the kernel is built without CONFIG_IOMMUFD");
    else if (!facts->has_iommu_node)
        lack(readiness, "there is no /dev/iommu (modprobe iommufd)");
    if (facts->has_cdev)
        return;
    if (facts->config_cdev == HD_ANSWER_NO || is_too_old)
        lack(readiness,
             "/dev/vfio/devices needs Linux 6.6 with CONFIG_VFIO_DEVICE_CDEV; this is %u.%u%s",
             facts->kernel / 1000, facts->kernel % 1000,
             facts->config_cdev == HD_ANSWER_NO ? " without it" : "");
    else if (facts->is_bound_to_vfio)
        lack(readiness, "%s gives it no node in /dev/vfio/devices (CONFIG_VFIO_DEVICE_CDEV)",
             facts->bound);
}

HdReadiness *
hd_readiness_iommufd(const HdReadinessFacts *facts)
{
    HdReadiness *readiness = new_readiness();
    judge_nodes(facts, readiness);
    if (facts->libvirt == 0)
        lack(readiness, "libvirt is not found on this host");
    else if (facts->libvirt < LIBVIRT_IOMMUFD)
        lack(readiness, "libvirt %u.%u has no <driver iommufd='yes'/>, 12.1 has",
             facts->libvirt / 1000, facts->libvirt % 1000);
    if (is_older(facts->qemu, QEMU_IOMMUFD))
        lack(readiness, "QEMU %u.%u has no iommufd, 9.0 has", facts->qemu / 1000,
             facts->qemu % 1000);
    return finish(readiness);
}

/* ---- migration ------------------------------------------------------------------------------ */

static const Variant *
find_by_id(const HdDeviceId *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
        if (variants[i].vendor == id->vendor &&
            variants[i].device == (id->device & variants[i].mask) &&
            (variants[i].base_class == 0 || variants[i].base_class == id->class_code >> 16))
            return &variants[i];
    }
    return NULL;
}

/* A module's name, or a driver's, which may have hyphens. */
static bool
is_same(const char *a, const char *b)
{
    if (a == NULL)
        return false;
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
            return false;
    }
    return *a == *b;
}

/* Its id first: a driver may have learnt to migrate later than to drive. */
static const Variant *
find_variant(const HdReadinessFacts *facts)
{
    const Variant *variant = find_by_id(facts->id);
    if (variant != NULL)
        return variant;
    for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
        if (is_same(facts->chosen, variants[i].driver))
            return &variants[i];
    }
    return NULL;
}

static void
judge_driver(const HdReadinessFacts *facts, const Variant *variant, HdReadiness *readiness)
{
    if (!facts->is_vf)
        lack(readiness, "%s migrates VFs, not a whole card", variant->driver);
    else if (!is_same(facts->chosen, variant->driver))
        lack(readiness, "driver %s is not installed (Linux %u.%u with CONFIG_%s)", variant->driver,
             variant->since / 1000, variant->since % 1000, variant->option);
    else if (is_older(facts->kernel, variant->since))
        lack(readiness, "%s of Linux %u.%u can't migrate it, %u.%u's can", variant->driver,
             facts->kernel / 1000, facts->kernel % 1000, variant->since / 1000,
             variant->since % 1000);
}

HdReadiness *
hd_readiness_migration(const HdReadinessFacts *facts)
{
    HdReadiness *readiness = new_readiness();
    const Variant *variant = find_variant(facts);
    if (variant == NULL) {
        lack(readiness,
             "%s can't carry its state to another host, and no driver is known that "
             "can",
             facts->chosen);
        return finish(readiness);
    }
    readiness->driver = variant->driver;
    judge_driver(facts, variant, readiness);
    if (facts->is_bound_to_vfio && is_same(facts->chosen, variant->driver) &&
        !is_same(facts->bound, variant->driver))
        lack(readiness, "it is on %s now, not on %s", facts->bound, variant->driver);
    if (is_older(facts->libvirt, LIBVIRT_VARIANT))
        lack(readiness, "libvirt %u.%u doesn't choose %s by itself, 10.0 does",
             facts->libvirt / 1000, facts->libvirt % 1000, variant->driver);
    if (is_older(facts->qemu, QEMU_MIGRATION))
        lack(readiness, "QEMU %u.%u migrates no VFIO devices, 8.1 does", facts->qemu / 1000,
             facts->qemu % 1000);
    return finish(readiness);
}

/* ---- words ---------------------------------------------------------------------------------- */

char *
hd_readiness_text(const HdReadiness *readiness)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < readiness->lacks->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "; " : "",
                               (const char *)g_ptr_array_index(readiness->lacks, i));
    return g_string_free(text, FALSE);
}

guint
hd_readiness_version(const char *text)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*text))
        return 0;
    const guint64 major = g_ascii_strtoull(text, &end, 10);
    if (*end != '.' || !g_ascii_isdigit(end[1]))
        return 0;
    const guint64 minor = g_ascii_strtoull(end + 1, NULL, 10);
    return major < 1000 && minor < 1000 ? VERSION((guint)major, (guint)minor) : 0;
}

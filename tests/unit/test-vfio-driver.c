/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The vfio driver must be libvirt's own choice, and must be there before it is needed.
 */
#include <string.h>

#include "hd-fake-host.h"
#include "hd-test.h"
#include "hd-vfio-driver.h"

#define MLX "pci:v000015B3d0000101Esv000015B3sd00000008bc02sc00i00"

static const char aliases[] =
    "# Aliases extracted from modules themselves.\n"
    "alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n"
    "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n"
    "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n"
    "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
    "alias vfio_pci:v000015B3d0000101Esv000015B3sd*bc*sc*i* special_vfio_pci\n"
    "alias vfio_pci:v000015B3d0000101Esv000015B3sd*bc*sc*i* second_vfio_pci\n"
    "alias vfio_pci:v000015B3d0000101E broken\n";

static const struct {
    const char *modalias, *aliases, *wanted;
} choices[] = {
    {MLX, aliases, "special_vfio_pci"},
    {"pci:v000010DEd00002342sv000010DEsd0000ABCDbc03sc02i00", aliases, "nvgrace_gpu_vfio_pci"},
    {"pci:v00008086d000010D3sv00008086sd00000000bc02sc00i00", aliases, "vfio-pci"},
    {MLX, "", "vfio-pci"},
    {NULL, aliases, "vfio-pci"},
    {"usb:v1D6Bp0002", aliases, "vfio-pci"},
    {"pci:rubbish", aliases, "vfio-pci"},
};

START_TEST(best)
{
    g_autofree char *got = hd_vfio_driver_best(choices[_i].modalias, choices[_i].aliases);
    ck_assert_str_eq(got, choices[_i].wanted);
}
END_TEST

START_TEST(of_the_running_kernel)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autofree char *without = hd_vfio_driver_for(hd_fake_port(fake), MLX);
    ck_assert_str_eq(without, "vfio-pci");
    hd_fake_set_file(fake, "proc/sys/kernel/osrelease", "6.12.1\n");
    hd_fake_set_file(fake, "lib/modules/6.12.1/modules.alias", aliases);
    g_autofree char *with = hd_vfio_driver_for(hd_fake_port(fake), MLX);
    ck_assert_str_eq(with, "special_vfio_pci");
}
END_TEST

/* The list is long: it is read for the first device only, and not for one without a modalias. */
START_TEST(read_once)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    HdPort *port = hd_fake_port(fake);
    hd_fake_set_file(fake, "proc/sys/kernel/osrelease", "6.12.1\n");
    hd_fake_set_file(fake, "lib/modules/6.12.1/modules.alias",
                     "alias vfio_pci:v*d*sv*sd*bc*sc*i* any_vfio_pci\n"
                     "# alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* comment_vfio_pci\n"
                     "alias vfio_pci:v000015B3d*sv*sd*bc*sc*i* last_vfio_pci");
    g_autofree char *none = hd_vfio_driver_for(port, NULL);
    g_autofree char *first = hd_vfio_driver_for(port, MLX);
    hd_fake_unset(fake, "lib/modules/6.12.1/modules.alias");
    g_autofree char *second = hd_vfio_driver_for(port, MLX);
    ck_assert_str_eq(none, "vfio-pci");
    ck_assert_str_eq(first, "last_vfio_pci");
    ck_assert_str_eq(second, "last_vfio_pci");
}
END_TEST

START_TEST(finds_and_loads)
{
    g_autoptr(HdFake) fake = hd_fake_host_new();
    g_autoptr(GError) error = NULL;
    HdPort *port = hd_fake_port(fake);
    ck_assert_ptr_null(hd_vfio_driver_find(port, "vfio-pci"));
    ck_assert(hd_vfio_driver_load(port, "vfio-pci", 1000, NULL));
    guint before = hd_fake_mutations(fake);
    g_autofree char *there = hd_vfio_driver_find(port, "vfio-pci");
    ck_assert_str_eq(there, "vfio-pci");
    /* A module whose driver has another name. */
    hd_fake_set_file(fake, "sys/module/odd_vfio_pci/drivers/pci:odd-driver/x", "");
    g_autofree char *renamed = hd_vfio_driver_find(port, "odd-vfio-pci");
    ck_assert_str_eq(renamed, "odd-driver");
    ck_assert_uint_eq(hd_fake_mutations(fake), before);
    ck_assert(!hd_vfio_driver_load(port, "nosuch", 1000, &error));
    ck_assert_contains(error->message, "driver 'nosuch' is not available");
}
END_TEST

HD_TEST_MAIN("vfio-driver", tcase_add_loop_test(tcase, best, 0, G_N_ELEMENTS(choices));
             tcase_add_test(tcase, of_the_running_kernel); tcase_add_test(tcase, read_once);
             tcase_add_test(tcase, finds_and_loads))

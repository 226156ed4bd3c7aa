/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Giving graphics cards away and taking them back: who is named, what is stopped, released and
 * unloaded, and that all of it comes back, after failures too.
 */
#include <string.h>

#include "hd-desktop.h"
#include "hd-error.h"
#include "hd-fake-desk.h"
#include "hd-gpu.h"
#include "hd-state.h"
#include "hd-test.h"

#define BOOT        "0000:01:00.0"
#define SOUND       "0000:01:00.1"
#define OTHER       "0000:02:00.0"
#define OTHER_SOUND "0000:02:00.1"
#define GEFORCE     "0000:03:00.0"
#define GEFORCE_2   "0000:04:00.0"

static HdFake *fake;
static HdState *state;
static char *before;

static void
start_with(const char *stop_units, bool keeps_d3cold)
{
    HdConfig config = hd_config_default();
    g_strlcpy(config.stop_units, stop_units, sizeof config.stop_units);
    config.keeps_d3cold = keeps_d3cold;
    hd_state_free(state);
    state = hd_state_new(hd_fake_port(fake), &config);
    g_free(before);
    before = hd_fake_dump(fake);
}

static void
setup(void)
{
    fake = hd_fake_desk_new();
    start_with("", false);
}

static void
teardown(void)
{
    hd_state_free(state);
    state = NULL;
    hd_fake_free(fake);
    g_clear_pointer(&before, g_free);
}

static void
add_display_manager(bool never_ends, guint lingers_ms)
{
    const HdFakeUnit unit = {.name = "lightdm.service",
                             .pid = 812,
                             .comm = "Xorg",
                             .open = "/dev/dri/card0",
                             .never_ends = never_ends,
                             .lingers_ms = lingers_ms};
    hd_fake_add_unit(fake, &unit);
    start_with("display-manager.service", false);
    /* As on Debian with GDM: a link to a link. */
    hd_fake_set_link(fake, "etc/systemd/system/display-manager.service",
                     "/lib/systemd/system/some-dm.service");
    hd_fake_set_link(fake, "usr/lib/systemd/system/some-dm.service", "lightdm.service");
    hd_fake_set_file(fake, "usr/lib/systemd/system/lightdm.service", "");
}

static void
assert_binding(const char *address, const char *wanted)
{
    g_autofree char *binding = hd_fake_binding(fake, address);
    ck_assert_msg(g_str_equal(binding, wanted), "%s is '%s', not '%s'", address, binding, wanted);
}

static void
assert_as_before(void)
{
    g_autofree char *after = hd_fake_dump(fake);
    ck_assert_str_eq(before, after);
}

static void
assert_no_journal(void)
{
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}

static char *
try(const HdRequest *request)
{
    g_autoptr(GError) error = NULL;
    return hd_state_prepare(state, request, 0, &error) ? NULL : g_strdup(error->message);
}

static char *
prepare(const char *address)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, address, NULL);
    return try(request);
}

static void
assert_prepared(const char *address)
{
    g_autofree char *problem = prepare(address);
    ck_assert_msg(problem == NULL, "%s", problem);
}

static void
assert_refused(const char *address, const char *part)
{
    g_autofree char *problem = prepare(address);
    ck_assert_contains(problem, part);
    assert_as_before();
}

static char *
plan_text(const HdRequest *request)
{
    g_autoptr(HdPlan) plan = NULL;
    ck_assert(hd_state_plan(state, request, &plan, NULL));
    return hd_plan_describe(plan);
}

static char *
read_file(const char *path)
{
    char *text = NULL;
    (void)hd_port_read(hd_fake_port(fake), &text, "%s", path);
    return text;
}

/* The other card's picture goes first, so that the boot display is the console's last. */
static void
leave_one_screen(void)
{
    g_autoptr(HdRequest) request = hd_fake_request("other", VM_B, OTHER, OTHER_SOUND, NULL);
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_B " -x ", NULL);
    ck_assert_ptr_null(try(request));
    start_with("", false);
}

START_TEST(user_of_the_card_is_named)
{
    add_display_manager(false, 0);
    start_with("", false);
    g_autofree char *problem = prepare(BOOT);
    ck_assert_str_eq(problem,
                     BOOT " is in use by this host: /dev/dri/card0 is open in Xorg (pid 812, "
                          "lightdm.service); stop lightdm.service, or let starts do it: stop-units "
                          "= lightdm.service in /etc/hostdevctl/hostdevctl.conf (rule: process)");
    assert_as_before();
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
}
END_TEST

START_TEST(session_s_user_is_named)
{
    hd_fake_add_process(fake, 900, "gnome-shell", "gnome-shell", "/dev/dri/card0");
    hd_fake_set_file(fake, "proc/900/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n");
    hd_fake_set_file(fake, "run/systemd/sessions/3", "UID=1000\nUSER=alice\nSEAT=seat0\n");
    hd_fake_add_process(fake, 950, "pipewire", "pipewire", "/dev/snd/controlC0");
    hd_fake_set_file(fake, "proc/950/cgroup",
                     "0::/user.slice/user-1000.slice/user@1000.service/session.slice/"
                     "pipewire.service\n");
    hd_fake_set_file(fake, "run/systemd/users/1000", "NAME=alice\nSEATS=seat0\n");
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, "gnome-shell (pid 900, session 3 of alice on seat0); stop process "
                             "900, or let starts do it: stop-units = display-manager.service");
    ck_assert_contains(text, "pipewire (pid 950, pipewire.service of user 1000)");
}
END_TEST

START_TEST(unit_is_stopped_and_started_again)
{
    add_display_manager(false, 0);
    assert_prepared(BOOT);
    ck_assert(!hd_fake_unit_is_active(fake, "lightdm.service"));
    assert_binding(BOOT, "vfio-pci vfio-pci");
    assert_binding(SOUND, "vfio-pci vfio-pci");
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
    assert_as_before();
}
END_TEST

START_TEST(unit_that_does_not_use_the_card_goes_on)
{
    add_display_manager(false, 0);
    assert_prepared(OTHER);
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(processes_may_take_their_time)
{
    add_display_manager(false, 4000);
    assert_prepared(BOOT);
    assert_binding(BOOT, "vfio-pci vfio-pci");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(process_that_stays_is_named_and_all_goes_back)
{
    add_display_manager(true, 0);
    assert_refused(BOOT, BOOT " is still in use by this host, though the units of stop-units were "
                              "stopped: /dev/dri/card0 is open in Xorg (pid 812");
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
}
END_TEST

static void
add_user_s_process(guint pid, const char *cgroup)
{
    g_autofree char *path = g_strdup_printf("proc/%u/cgroup", pid);
    hd_fake_add_process(fake, pid, "user", "user", "/dev/dri/card0");
    hd_fake_set_file(fake, path, cgroup);
}

/* Whoever is not at this host's screen doesn't end with its display manager. */
START_TEST(desktop_is_not_stopped_for_what_would_stay)
{
    const char *const others[] = {
        "0::/user.slice/user-1000.slice/session-9.scope\n",
        "0::/machine.slice/machine-box.scope/payload/system.slice/lightdm.service\n",
        "0::/docker/0123\n",
        "1:name=systemd:/user.slice/user-1000.slice/session-9.scope\n",
        "0::/user.slice/user-1000.slice/user@1000.service/session-\033[2J3.scope\n",
    };
    add_display_manager(false, 0);
    hd_fake_set_file(fake, "run/systemd/sessions/9", "UID=1000\nUSER=bob\nREMOTE=1\n");
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        add_user_s_process(990, others[i]);
        start_with("lightdm.service", false);
        g_autofree char *problem = prepare(BOOT);
        ck_assert_contains(problem, "is in use by this host: /dev/dri/card0 is open in user");
        ck_assert_ptr_null(strchr(problem, '\033'));
        assert_as_before();
        ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
    }
}
END_TEST

START_TEST(session_at_the_screen_goes_with_the_desktop)
{
    const char *const seated[] = {
        "0::/user.slice/user-1000.slice/session-3.scope\n",
        "1:name=systemd:/user.slice/user-1000.slice/session-3.scope\n0::/\n",
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/kwin.service\n",
        "0::/system.slice/systemd-logind.service\n",
    };
    add_display_manager(false, 0);
    hd_fake_set_file(fake, "run/systemd/sessions/3", "UID=1000\nUSER=alice\nSEAT=seat0\n");
    hd_fake_set_file(fake, "run/systemd/users/1000", "NAME=alice\nSEATS=seat0\n");
    for (gsize i = 0; i < G_N_ELEMENTS(seated); i++) {
        add_user_s_process(990, seated[i]);
        g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
        g_autofree char *text = plan_text(request);
        ck_assert_msg(strstr(text, "refused") == NULL, "%s: %s", seated[i], text);
        ck_assert_contains(text, "lightdm.service: stopped");
    }
}
END_TEST

START_TEST(vm_s_process_is_not_awaited)
{
    add_display_manager(false, 0);
    hd_fake_set_link(fake, "proc/990/fd/5", "/dev/vfio/1");
    add_user_s_process(990, "0::/user.slice/user-1000.slice/session-3.scope\n");
    hd_fake_set_link(fake, "proc/990/fd/5", "/dev/vfio/2");
    hd_fake_set_file(fake, "run/systemd/sessions/3", "UID=1000\nUSER=alice\nSEAT=seat0\n");
    const HdPciAddress address = {.bus = 2};
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    start_with("lightdm.service", false);
    assert_refused(OTHER, "/dev/vfio/2 is open in user");
}
END_TEST

START_TEST(what_policy_allows_is_not_awaited)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    add_display_manager(true, 0);
    ck_assert(hd_policy_set(&request->policy, "process", "allow"));
    ck_assert_ptr_null(try(request));
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
}
END_TEST

/* Started again at once: it is active, and has not opened the card yet. */
START_TEST(unit_is_stopped_for_the_last_screen_before_it_opens_it)
{
    leave_one_screen();
    add_display_manager(false, 0);
    hd_fake_unset(fake, "proc/812/fd/5");
    assert_prepared(BOOT);
    ck_assert(!hd_fake_unit_is_active(fake, "lightdm.service"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
}
END_TEST

START_TEST(another_unit_s_process_is_not_hoped_for)
{
    const HdFakeUnit other = {
        .name = "kiosk.service", .pid = 813, .comm = "kiosk", .open = "/dev/dri/card0"};
    add_display_manager(false, 0);
    hd_fake_add_unit(fake, &other);
    start_with("lightdm.service", false);
    assert_refused(BOOT, "kiosk (pid 813, kiosk.service); stop kiosk.service, or let starts do it: "
                         "stop-units = kiosk.service");
}
END_TEST

START_TEST(unit_that_will_not_stop)
{
    const HdFakeUnit unit = {.name = "lightdm.service",
                             .pid = 812,
                             .comm = "Xorg",
                             .open = "/dev/dri/card0",
                             .refuses_stop = true};
    hd_fake_add_unit(fake, &unit);
    start_with("lightdm.service", false);
    assert_refused(BOOT, "lightdm.service can't be stopped");
}
END_TEST

START_TEST(unit_that_will_not_start_is_told_and_tried_again)
{
    const HdFakeUnit unit = {.name = "lightdm.service",
                             .pid = 812,
                             .comm = "Xorg",
                             .open = "/dev/dri/card0",
                             .refuses_start = true};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) records = NULL;
    hd_fake_add_unit(fake, &unit);
    start_with("lightdm.service", false);
    assert_prepared(BOOT);
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_str_eq(error->message, "lightdm.service can't be started again; see 'systemctl "
                                     "status lightdm.service'");
    assert_binding(BOOT, "amdgpu -");
    ck_assert(hd_state_records(state, &records, NULL));
    ck_assert_uint_eq(records->len, 1);
    /* It is no reason against the VM's next start. */
    assert_prepared(BOOT);
}
END_TEST

static HdRequest *
request_with_units(const char *units)
{
    HdRequest *request = hd_fake_request("vm", VM_A, BOOT, NULL);
    request->stop_units = g_strdup(units);
    return request;
}

START_TEST(vm_chooses_among_the_host_s_units)
{
    g_autoptr(HdRequest) none = request_with_units("");
    g_autoptr(HdRequest) listed = request_with_units("display-manager.service");
    g_autoptr(HdRequest) foreign = request_with_units("sshd.service");
    add_display_manager(false, 0);
    g_autofree char *refused = try(none);
    ck_assert_contains(refused, "is open in Xorg");
    g_autofree char *unlisted = try(foreign);
    ck_assert_contains(unlisted, "Xorg");
    g_autofree char *text = plan_text(foreign);
    ck_assert_contains(text, "refused: sshd.service is not among the units that this host lets VMs "
                             "stop; add it to stop-units in /etc/hostdevctl/hostdevctl.conf");
    ck_assert_ptr_null(try(listed));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* Pulled, as a Thunderbolt box is: there is nothing to give back, but the desktop comes back. */
START_TEST(card_that_is_pulled_brings_the_desktop_back)
{
    add_display_manager(false, 0);
    assert_prepared(BOOT);
    hd_fake_remove_device(fake, SOUND);
    hd_fake_remove_device(fake, BOOT);
    ck_assert(hd_state_release(state, VM_A, NULL));
    ck_assert(hd_fake_unit_is_active(fake, "lightdm.service"));
    ck_assert(!hd_port_exists(hd_fake_port(fake), "run/hostdevctl/vm/" VM_A));
}
END_TEST

START_TEST(last_screen_of_the_console_stays)
{
    leave_one_screen();
    assert_refused(BOOT, BOOT " shows this host's text console, which has no other screen; if you "
                              "reach the host by network, say console=allow");
}
END_TEST

START_TEST(console_is_released_and_comes_back)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    leave_one_screen();
    ck_assert(hd_policy_set(&request->policy, "console", "allow"));
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, "console: this host's text console leaves the screen");
    ck_assert_ptr_null(try(request));
    g_autofree char *console = read_file("sys/class/vtconsole/vtcon1/bind");
    ck_assert_ptr_null(console);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(console_goes_on_on_another_screen)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, "console: this host's text console goes on on another screen");
    ck_assert_ptr_null(try(request));
    g_autofree char *console = read_file("sys/class/vtconsole/vtcon1/bind");
    ck_assert_str_eq(console, "1");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(console_that_is_kept_is_found_out)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    leave_one_screen();
    hd_fake_keep_console(fake);
    ck_assert(hd_policy_set(&request->policy, "console", "allow"));
    g_autofree char *problem = try(request);
    ck_assert_contains(problem, "console: the kernel has not released it (vtcon1/bind)");
    assert_as_before();
}
END_TEST

START_TEST(text_mode_is_no_screen_to_take_unasked)
{
    leave_one_screen();
    hd_fake_set_file(fake, "sys/class/vtconsole/vtcon1/bind", "0\n");
    hd_fake_set_file(fake, "sys/class/vtconsole/vtcon0/name", "(S) VGA+\n");
    hd_fake_set_file(fake, "sys/class/vtconsole/vtcon0/bind", "1\n");
    start_with("", false);
    assert_refused(BOOT, "shows this host's text console");
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    ck_assert(hd_policy_set(&request->policy, "console", "allow"));
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, "in VGA text mode, which nothing can release");
    ck_assert_ptr_null(strstr(text, "console:"));
}
END_TEST

START_TEST(firmware_s_screen_is_released_and_its_loss_said)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    hd_fake_add_firmware_screen(fake, "efi-framebuffer.0", "efi-framebuffer", BOOT);
    hd_fake_set_file(fake, "proc/iomem",
                     "d0000000-dfffffff : PCI Bus 0000:01\n  d0000000-dfffffff : " BOOT
                     "\n    d0000000-d02fffff : BOOTFB\n");
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, "efi-framebuffer.0: the firmware's framebuffer leaves its driver");
    ck_assert_contains(text, "note: " BOOT ": its picture comes from the firmware's framebuffer "
                             "efi-framebuffer.0; the kernel drops that for good");
    ck_assert_ptr_null(try(request));
    ck_assert(!hd_port_exists(hd_fake_port(fake), "sys/bus/platform/devices/efi-framebuffer.0"));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding(BOOT, "amdgpu -");
}
END_TEST

START_TEST(firmware_s_screen_of_another_card_stays)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, OTHER, OTHER_SOUND, NULL);
    hd_fake_add_firmware_screen(fake, "efi-framebuffer.0", "efi-framebuffer", BOOT);
    g_autofree char *text = plan_text(request);
    ck_assert_ptr_null(strstr(text, "framebuffer"));
}
END_TEST

static void
assert_modules(bool are_loaded)
{
    const char *const modules[] = {"nvidia_uvm", "nvidia_drm", "nvidia_modeset"};
    for (gsize i = 0; i < G_N_ELEMENTS(modules); i++)
        ck_assert(hd_port_exists(hd_fake_port(fake), "sys/module/%s", modules[i]) == are_loaded);
}

START_TEST(nvidia_modules_go_with_the_last_card)
{
    g_autoptr(HdRequest) both = hd_fake_request("vm", VM_A, GEFORCE, GEFORCE_2, NULL);
    ck_assert_ptr_null(try(both));
    assert_binding(GEFORCE, "vfio-pci vfio-pci");
    assert_binding(GEFORCE_2, "vfio-pci vfio-pci");
    assert_modules(false);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_modules(true);
    assert_as_before();
}
END_TEST

/* The driver's loop about its usage count; the module stays, since the other card needs it. */
START_TEST(nvidia_modules_stay_for_another_card)
{
    g_autofree char *problem = prepare(GEFORCE);
    ck_assert_contains(problem, GEFORCE ": the kernel has not let go of it within 30 s");
    assert_modules(true);
    assert_binding(GEFORCE_2, "nvidia -");
}
END_TEST

START_TEST(nvidia_module_in_use_is_told_and_all_goes_back)
{
    g_autoptr(HdRequest) both = hd_fake_request("vm", VM_A, GEFORCE, GEFORCE_2, NULL);
    hd_fake_add_process(fake, 333, "trainer", "trainer", "/dev/nvidia-uvm");
    g_autofree char *problem = try(both);
    ck_assert_contains(problem, "module nvidia_uvm is in use, so its cards can't be taken");
    assert_as_before();
}
END_TEST

START_TEST(nvidia_node_names_its_user)
{
    const HdFakeUnit unit = {.name = "nvidia-persistenced.service",
                             .pid = 640,
                             .comm = "nvidia-persiste",
                             .open = "/dev/nvidia0"};
    g_autoptr(HdRequest) both = hd_fake_request("vm", VM_A, GEFORCE, GEFORCE_2, NULL);
    hd_fake_add_unit(fake, &unit);
    start_with("", false);
    assert_refused(GEFORCE, "/dev/nvidia0 is open in nvidia-persiste (pid 640, "
                            "nvidia-persistenced.service)");
    start_with("nvidia-persistenced.service", false);
    ck_assert_ptr_null(try(both));
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(functions_of_a_card_go_as_one)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, OTHER, NULL);
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, OTHER_SOUND ": snd_hda_intel -> vfio-pci (same card)\n");
    ck_assert_contains(text, "note: " OTHER_SOUND ": is a function (audio) of a graphics card that "
                             "the VM has, but not in the VM");
    ck_assert_ptr_null(try(request));
    assert_binding(OTHER_SOUND, "vfio-pci vfio-pci");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* An APU: beside the graphics there are the board's USB and sound, in groups of their own. */
START_TEST(controllers_of_the_board_stay)
{
    const HdFakeDevice usb = {.address = "0000:03:00.3",
                              .vendor = 0x1022,
                              .device = 0x1639,
                              .class_code = 0x0c0330,
                              .group = 30};
    const HdFakeDevice crypto = {.address = "0000:03:00.2",
                                 .vendor = 0x10de,
                                 .device = 0x15df,
                                 .class_code = 0x108000,
                                 .group = 31};
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, GEFORCE, NULL);
    hd_fake_add_device(fake, &usb);
    hd_fake_add_device(fake, &crypto);
    g_autofree char *text = plan_text(request);
    ck_assert_ptr_null(strstr(text, "0000:03:00.3"));
    ck_assert_ptr_null(strstr(text, "0000:03:00.2"));
}
END_TEST

/* Only the sound is listed; the graphics goes along, by their group. */
START_TEST(companion_s_screen_counts)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, SOUND, NULL);
    leave_one_screen();
    g_autofree char *problem = try(request);
    ck_assert_contains(problem, BOOT " shows this host's text console");
}
END_TEST

START_TEST(bar_that_can_t_be_sized_back)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", "0:8G"));
    ck_assert_ptr_null(try(request));
    hd_fake_set_bar(fake, BOOT, 0, 8192, 1 << 13);
    ck_assert(!hd_state_release(state, VM_A, &error));
    ck_assert_contains(error->message, "set the sizes of its BARs to 0:256M");
    /* The host has its picture all the same, and nothing disturbs it again. */
    assert_binding(BOOT, "amdgpu -");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_binding(BOOT, "amdgpu -");
    assert_no_journal();
}
END_TEST

START_TEST(function_in_use_holds_the_card)
{
    hd_fake_add_process(fake, 950, "pipewire", "pipewire", "/dev/snd/controlC1");
    assert_refused(OTHER,
                   OTHER " is one card with " OTHER_SOUND " (audio), which is in use by this "
                         "host: /dev/snd/controlC1 is open in pipewire (pid 950)");
}
END_TEST

START_TEST(function_may_be_left_with_the_host)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, OTHER, NULL);
    ck_assert(hd_policy_set(&request->policy, "card", "allow"));
    hd_fake_add_process(fake, 950, "pipewire", "pipewire", "/dev/snd/controlC1");
    ck_assert_ptr_null(try(request));
    assert_binding(OTHER_SOUND, "snd_hda_intel -");
}
END_TEST

START_TEST(function_of_another_vm_holds_the_card)
{
    g_autoptr(HdRequest) first = hd_fake_request("one", VM_B, OTHER_SOUND, NULL);
    hd_fake_add_process(fake, 77, "qemu", "qemu -uuid " VM_B " -x ", NULL);
    ck_assert_ptr_null(try(first));
    g_autofree char *problem = prepare(OTHER);
    ck_assert_contains(problem, OTHER_SOUND " is one card with " OTHER " and is held by VM 'one'");
}
END_TEST

START_TEST(power_is_kept_before_the_card_moves)
{
    hd_fake_die_in_d3cold(fake, BOOT);
    assert_prepared(BOOT);
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

START_TEST(card_that_no_more_answers_is_not_given)
{
    start_with("", true);
    hd_fake_die_in_d3cold(fake, BOOT);
    g_autofree char *problem = prepare(BOOT);
    ck_assert_contains(problem, BOOT ": does not answer any more");
}
END_TEST

/* Only one that says nothing but ones is dead: not one whose first byte is so, or that says less.
 */
START_TEST(card_that_answers_oddly)
{
    static const char *const answers[] = {"\xff\x10\x02", "\x02\xff", "\xff"};
    hd_fake_set_file(fake, "sys/devices/pci0000:00/" BOOT "/config", answers[_i]);
    assert_prepared(BOOT);
}
END_TEST

START_TEST(power_control_is_put_back)
{
    hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:05:00.0/power/control", "auto\n");
    start_with("", false);
    assert_prepared("0000:05:00.0");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* Else they would be put back while the next VM has the card, or be taken for how it was. */
START_TEST(settings_to_be_put_back_are_a_claim)
{
    guint seen = 0;
    bool has_step = true;
    for (guint step = 1; has_step; step++) {
        g_autoptr(HdRequest) next = hd_fake_request("next", VM_B, "0000:05:00.0", NULL);
        teardown();
        setup();
        hd_fake_set_file(fake, "sys/devices/pci0000:00/0000:05:00.0/power/control", "auto\n");
        start_with("", false);
        assert_prepared("0000:05:00.0");
        hd_fake_revive(fake);
        hd_fake_die_at(fake, step, true);
        (void)hd_state_release(state, VM_A, NULL);
        has_step = hd_fake_is_dead(fake);
        hd_fake_revive(fake);
        ck_assert_ptr_null(try(next));
        ck_assert(hd_state_release(state, VM_B, NULL));
        assert_as_before();
        seen++;
    }
    ck_assert_uint_gt(seen, 5);
}
END_TEST

START_TEST(settings_of_the_vm)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "reset", " flr "));
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "power", "on"));
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "d3cold", "on"));
    ck_assert_ptr_null(try(request));
    g_autofree char *reset = read_file("sys/bus/pci/devices/" BOOT "/reset_method");
    g_autofree char *power = read_file("sys/bus/pci/devices/" BOOT "/power/control");
    g_autofree char *d3cold = read_file("sys/bus/pci/devices/" BOOT "/d3cold_allowed");
    ck_assert_str_eq(reset, "flr");
    ck_assert_str_eq(power, "on");
    ck_assert_str_eq(d3cold, "1");
    /* The kernel had found "bus" before the card's sound was there, and doesn't take it again. */
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autofree char *after = read_file("sys/bus/pci/devices/" BOOT "/reset_method");
    ck_assert_str_eq(after, "flr");
    assert_no_journal();
}
END_TEST

START_TEST(settings_of_a_card_that_is_on_vfio_already)
{
    const HdPciAddress address = {.bus = 5};
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    start_with("", false);
    g_autoptr(HdRequest) nic = hd_fake_request("vm", VM_A, "0000:05:00.0", NULL);
    HdWish *wish = g_ptr_array_index(nic->wishes, 0);
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "power", "on"));
    ck_assert_ptr_null(try(nic));
    g_autofree char *power = read_file("sys/bus/pci/devices/0000:05:00.0/power/control");
    ck_assert_str_eq(power, "on");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
    /* What isn't there can't be set. */
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "reset", "bus"));
    g_autofree char *problem = try(nic);
    ck_assert_contains(problem, "0000:05:00.0 has no reset_method that could be set");
}
END_TEST

START_TEST(setting_that_the_card_does_not_know)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "reset", "device_specific"));
    g_autofree char *problem = try(request);
    ck_assert_contains(problem,
                       BOOT ": its reset_method can't be 'device_specific'; it is 'flr bus'");
    assert_as_before();
}
END_TEST

START_TEST(bar_is_resized_and_sized_back)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", "0:8G"));
    g_autofree char *text = plan_text(request);
    ck_assert_contains(text, BOOT ": amdgpu -> vfio-pci, BAR sizes 0:8192M");
    ck_assert_ptr_null(try(request));
    g_autofree char *resource = read_file("sys/bus/pci/devices/" BOOT "/resource");
    ck_assert_contains(resource, "0x0000004000000000 0x00000041ffffffff");
    ck_assert(hd_state_release(state, VM_A, NULL));
    assert_as_before();
}
END_TEST

/* Claimed at boot, as such cards often are. */
START_TEST(bar_of_a_card_that_is_on_vfio_already)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    const HdPciAddress address = hd_fake_address(BOOT);
    ck_assert(hd_state_detach(state, &address, NULL, NULL));
    g_autofree char *sizes = read_file("sys/bus/pci/devices/" BOOT "/resource");
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", "0:8G"));
    ck_assert_ptr_null(try(request));
    g_autofree char *resource = read_file("sys/bus/pci/devices/" BOOT "/resource");
    ck_assert_contains(resource, "0x0000004000000000 0x00000041ffffffff");
    ck_assert(hd_state_release(state, VM_A, NULL));
    g_autofree char *again = read_file("sys/bus/pci/devices/" BOOT "/resource");
    ck_assert_str_eq(again, sizes);
}
END_TEST

START_TEST(bar_of_an_impossible_size)
{
    g_autoptr(HdRequest) request = hd_fake_request("vm", VM_A, BOOT, SOUND, NULL);
    HdWish *wish = g_ptr_array_index(request->wishes, 0);
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", "0:16G"));
    g_autofree char *problem = try(request);
    ck_assert_contains(problem, BOOT " can't have BAR 0 of 16384M: it can be 256M, 512M, 8G");
    ck_assert_ptr_null(hd_tuning_set(&wish->tuning, "rebar", "2:1G"));
    g_autofree char *fixed = try(request);
    ck_assert_contains(fixed, "can't have another size of BAR 2: it is not resizable");
    assert_as_before();
}
END_TEST

START_TEST(texts)
{
    HdTuning tuning = {0};
    GPtrArray *units = NULL;
    const char *const bad_bars[] = {"", "0", "0:", "0:3G", "6:1G", "0:1G 0:2G", "0:1K", "0:1Gx"};
    const char *const bad_units[] = {"a",           "../a.service",     "-a.service",
                                     "a b.service", "libvirtd.service", "virtqemud.service",
                                     ".service/x"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad_bars); i++)
        ck_assert_msg(hd_tuning_set(&tuning, "rebar", bad_bars[i]) != NULL, "%s", bad_bars[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(bad_units); i++)
        ck_assert_msg(!hd_units_parse(bad_units[i], &units), "%s", bad_units[i]);
    g_autoptr(GString) many = g_string_new(NULL);
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(many, "unit%u.service ", i);
    ck_assert(!hd_units_parse(many->str, &units));
    ck_assert_ptr_nonnull(hd_tuning_set(&tuning, "reset", "bus;flr"));
    ck_assert_ptr_nonnull(hd_tuning_set(&tuning, "reset", "default"));
    ck_assert_ptr_nonnull(hd_tuning_set(&tuning, "reset", "  "));
    ck_assert_ptr_nonnull(hd_tuning_set(&tuning, "power", "off"));
    ck_assert(hd_units_parse("  a.service  b@1.service a.service ", &units));
    g_autofree char *text = hd_units_text(units);
    ck_assert_str_eq(text, "a.service, b@1.service");
    g_ptr_array_unref(units);
}
END_TEST

START_TEST(cards_that_do_not_reset)
{
    const HdDeviceId navi = {.vendor = 0x1002, .device = 0x731f, .class_code = 0x030000};
    const HdDeviceId ada = {.vendor = 0x10de, .device = 0x2684, .class_code = 0x030000};
    g_autofree char *warned = hd_gpu_reset_warning(&navi, "bus");
    g_autofree char *cured = hd_gpu_reset_warning(&navi, "device_specific bus");
    g_autofree char *good = hd_gpu_reset_warning(&ada, "flr bus");
    g_autofree char *none = hd_gpu_reset_warning(&ada, "");
    ck_assert_contains(warned, "(AMD Navi 10) often hangs at its second start");
    ck_assert_contains(warned, "vendor-reset");
    ck_assert_ptr_null(cured);
    ck_assert_ptr_null(good);
    ck_assert_contains(none, "has no way of being reset");
}
END_TEST

START_TEST(journal_tells_all_again)
{
    const char *const lines[] = {
        "unit lightdm.service",
        "console console",
        "console console kept=1",
        "screen efi-framebuffer.0 driver=efi-framebuffer of=0000:01:00.0",
        "module nvidia_drm kept=1",
        "settings 0000:01:00.0 id=1002:73bf:1002:0000:030000 set=power/control%7Cauto "
        "set=reset_method%7C%7Cbus",
        "pci 0000:01:00.0 companion=1 card=1 id=1002:73bf:1002:0000:030000 from.driver=amdgpu "
        "to.driver=vfio-pci from.bars=0:256M to.bars=0:8192M awaits-close=1"};
    const char *const bad[] = {"unit ../../x.service",
                               "unit sh",
                               "module ext4",
                               "screen efi-framebuffer.0 driver=x",
                               "screen ../x driver=y of=0000:01:00.0",
                               "settings 0000:01:00.0 id=1002:73bf:1002:0000:030000",
                               ("settings 0000:01:00.0 id=1002:73bf:1002:0000:030000 "
                                "set=remove%7C0%7C1")};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        HdGoal *goal = NULL;
        ck_assert_msg(hd_goal_parse(lines[i], &goal), "%s", lines[i]);
        g_autoptr(HdGoal) copy = hd_goal_copy(goal);
        g_autofree char *again = hd_goal_format(copy);
        g_autoptr(HdGoal) reread = NULL;
        ck_assert_msg(hd_goal_parse(again, &reread), "%s", again);
        g_autofree char *third = hd_goal_format(reread);
        ck_assert_str_eq(again, third);
        ck_assert_str_eq(again, lines[i]);
        hd_goal_free(goal);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        HdGoal *goal = NULL;
        ck_assert_msg(!hd_goal_parse(bad[i], &goal), "%s", bad[i]);
    }
}
END_TEST

HD_TEST_MAIN("desktop", tcase_add_checked_fixture(tcase, setup, teardown);
             tcase_add_test(tcase, user_of_the_card_is_named);
             tcase_add_test(tcase, session_s_user_is_named);
             tcase_add_test(tcase, unit_is_stopped_and_started_again);
             tcase_add_test(tcase, unit_that_does_not_use_the_card_goes_on);
             tcase_add_test(tcase, processes_may_take_their_time);
             tcase_add_test(tcase, process_that_stays_is_named_and_all_goes_back);
             tcase_add_test(tcase, desktop_is_not_stopped_for_what_would_stay);
             tcase_add_test(tcase, session_at_the_screen_goes_with_the_desktop);
             tcase_add_test(tcase, vm_s_process_is_not_awaited);
             tcase_add_test(tcase, what_policy_allows_is_not_awaited);
             tcase_add_test(tcase, unit_is_stopped_for_the_last_screen_before_it_opens_it);
             tcase_add_test(tcase, another_unit_s_process_is_not_hoped_for);
             tcase_add_test(tcase, unit_that_will_not_stop);
             tcase_add_test(tcase, unit_that_will_not_start_is_told_and_tried_again);
             tcase_add_test(tcase, vm_chooses_among_the_host_s_units);
             tcase_add_test(tcase, card_that_is_pulled_brings_the_desktop_back);
             tcase_add_test(tcase, last_screen_of_the_console_stays);
             tcase_add_test(tcase, console_is_released_and_comes_back);
             tcase_add_test(tcase, console_goes_on_on_another_screen);
             tcase_add_test(tcase, console_that_is_kept_is_found_out);
             tcase_add_test(tcase, text_mode_is_no_screen_to_take_unasked);
             tcase_add_test(tcase, firmware_s_screen_is_released_and_its_loss_said);
             tcase_add_test(tcase, firmware_s_screen_of_another_card_stays);
             tcase_add_test(tcase, nvidia_modules_go_with_the_last_card);
             tcase_add_test(tcase, nvidia_modules_stay_for_another_card);
             tcase_add_test(tcase, nvidia_module_in_use_is_told_and_all_goes_back);
             tcase_add_test(tcase, nvidia_node_names_its_user);
             tcase_add_test(tcase, functions_of_a_card_go_as_one);
             tcase_add_test(tcase, controllers_of_the_board_stay);
             tcase_add_test(tcase, companion_s_screen_counts);
             tcase_add_test(tcase, bar_that_can_t_be_sized_back);
             tcase_add_test(tcase, function_in_use_holds_the_card);
             tcase_add_test(tcase, function_may_be_left_with_the_host);
             tcase_add_test(tcase, function_of_another_vm_holds_the_card);
             tcase_add_test(tcase, power_is_kept_before_the_card_moves);
             tcase_add_test(tcase, card_that_no_more_answers_is_not_given);
             tcase_add_loop_test(tcase, card_that_answers_oddly, 0, 3);
             tcase_add_test(tcase, power_control_is_put_back);
             tcase_add_test(tcase, settings_to_be_put_back_are_a_claim);
             tcase_add_test(tcase, settings_of_the_vm);
             tcase_add_test(tcase, settings_of_a_card_that_is_on_vfio_already);
             tcase_add_test(tcase, setting_that_the_card_does_not_know);
             tcase_add_test(tcase, bar_is_resized_and_sized_back);
             tcase_add_test(tcase, bar_of_a_card_that_is_on_vfio_already);
             tcase_add_test(tcase, bar_of_an_impossible_size); tcase_add_test(tcase, texts);
             tcase_add_test(tcase, cards_that_do_not_reset);
             tcase_add_test(tcase, journal_tells_all_again))

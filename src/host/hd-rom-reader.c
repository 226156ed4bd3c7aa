/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A card's ROM is behind an attribute that has to be switched on, and switched off again
 * whatever happens; and a card that is in use may never answer. So a worker reads it into
 * memory that it shares with us.
 */
#include "hd-rom-reader.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define DEVICES "sys/bus/pci/devices"

/* The port reads no more of a file. */
#define MOST (8u << 20)

/* To the kernel "0" is a zero only with its newline; anything else, "0" alone too, enables. */
#define ENABLE  "1\n"
#define DISABLE "0\n"

/* What the worker leaves; in memory of both. */
typedef struct {
    int error;
    bool is_attribute_ours, is_device_ours; /* enabled by us, not yet disabled */
    gsize length;
    char bytes[MOST];
} Catch;

typedef struct {
    const char *name;
    Catch *catch;
} Job;

/* Both are undone in this order: nothing is read from a function that is off again. */
static void
put_back(HdPort *port, const char *name, Catch *catch)
{
    if (catch->is_attribute_ours && hd_port_write(port, DISABLE, DEVICES "/%s/rom", name) == 0)
        catch->is_attribute_ours = false;
    if (catch->is_device_ours && hd_port_write(port, DISABLE, DEVICES "/%s/enable", name) == 0)
        catch->is_device_ours = false;
}

static int
load(HdPort *port, const char *name, Catch *catch)
{
    g_autoptr(GString) bytes = NULL;
    int error = hd_port_load(port, &bytes, DEVICES "/%s/rom", name);
    if (error != 0)
        return error;
    if (bytes->len > MOST)
        return EFBIG;
    memcpy(catch->bytes, bytes->str, bytes->len);
    catch->length = bytes->len;
    return 0;
}

/* EINVAL: nobody has enabled it. */
static int
load_enabled(HdPort *port, const char *name, Catch *catch)
{
    int error = load(port, name, catch);
    if (error != EINVAL)
        return error;
    catch->is_attribute_ours = true; /* before: a worker may be killed at any point */
    error = hd_port_write(port, ENABLE, DEVICES "/%s/rom", name);
    catch->is_attribute_ours = error == 0;
    return error != 0 ? error : load(port, name, catch);
}

/* Without a driver a function may be asleep, or not answer to its addresses. */
static bool
wake(HdPort *port, const char *name, Catch *catch)
{
    g_autofree char *state = NULL;
    if (hd_port_exists(port, DEVICES "/%s/driver", name) ||
        hd_port_read(port, &state, DEVICES "/%s/enable", name) != 0 || !g_str_equal(state, "0"))
        return false;
    catch->is_device_ours = true;
    catch->is_device_ours = hd_port_write(port, ENABLE, DEVICES "/%s/enable", name) == 0;
    return catch->is_device_ours;
}

static bool
work(HdPort *port, gpointer data, GError **ret_error)
{
    const Job *job = data;
    Catch *catch = job->catch;
    (void)ret_error;
    catch->error = load_enabled(port, job->name, catch);
    if (catch->error == EIO && wake(port, job->name, catch))
        catch->error = load(port, job->name, catch);
    put_back(port, job->name, catch);
    return true;
}

static bool
judge(const char *name, const HdJob *job, const Catch *catch, HdRomOutcome *ret_outcome,
      GString **ret_bytes, GError **ret_error)
{
    if (job->result == HD_JOB_LATE)
        return hd_error_set(ret_error, HD_ERROR_STUCK,
                            "%s: its ROM could not be read in time (process %d still tries, and "
                            "will clean up)",
                            name, (int)job->worker);
    if (job->result == HD_JOB_FAILED)
        return hd_error_set(ret_error, HD_ERROR_KERNEL, "%s: reading its ROM: %s", name,
                            job->message != NULL ? job->message : "not possible here");
    if (catch->is_attribute_ours || catch->is_device_ours)
        return hd_error_set(ret_error, HD_ERROR_KERNEL,
                            "%s: the kernel did not take back that its ROM can be read; write 0 "
                            "to /" DEVICES "/%s/rom",
                            name, name);
    if (catch->error != 0 && catch->error != EIO && catch->error != ENOENT)
        return hd_error_set_errno(ret_error, HD_ERROR_KERNEL, catch->error,
                                  "read /" DEVICES "/%s/rom", name);
    if (catch->error == ENOENT)
        *ret_outcome = HD_ROM_NONE;
    else if (catch->error == EIO || catch->length == 0)
        *ret_outcome = HD_ROM_EMPTY;
    else
        *ret_outcome = HD_ROM_READ;
    if (*ret_outcome == HD_ROM_READ)
        *ret_bytes = g_string_new_len(catch->bytes, (gssize) catch->length);
    return true;
}

bool
hd_rom_read(HdPort *port, const HdPciAddress *address, guint deadline_ms, HdRomOutcome *ret_outcome,
            GString **ret_bytes, GError **ret_error)
{
    const HdPciAddressText name = hd_pci_address_text(address);
    Catch *catch =
        mmap(NULL, sizeof *catch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (catch == MAP_FAILED)
        return hd_error_set_errno(ret_error, HD_ERROR_STATE, errno, "get memory for a ROM");
    Job mine = {name.text, catch};
    HdJob job = {.work = work, .data = &mine};
    hd_port_run_jobs(port, &job, 1, deadline_ms);
    /* A worker that was killed couldn't. */
    if (job.result == HD_JOB_FAILED)
        put_back(port, name.text, catch);
    bool is_known = judge(name.text, &job, catch, ret_outcome, ret_bytes, ret_error);
    g_free(job.message);
    (void)munmap(catch, sizeof *catch);
    return is_known;
}

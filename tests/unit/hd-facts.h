/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef HD_FACTS_H
#define HD_FACTS_H

/* The facts that planners decide on, for a test of decisions alone: included by the one file of the
   test, which adds to them. */

#include "hd-fake-host.h"
#include "hd-planner.h"

static HdHost *host;
static HdRequest *request;
static GPtrArray *claims;
static HdPolicy policy;

/** An empty host, and a VM that wants nothing of it yet. */
static void
setup(void)
{
    host = hd_host_new();
    request = hd_fake_request("vm", VM_A, NULL);
    claims = hd_claims_new();
    policy = hd_policy_default();
}

static void
teardown(void)
{
    hd_host_free(host);
    hd_request_free(request);
    g_ptr_array_unref(claims);
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of mdevctl's callout or notifier, from argv to exit status and words, on the fake; and
 * mdevctl's JSON, which it and the hook read.
 */
#include <string.h>
#include <unistd.h>

#include "hd-callout.h"
#include "hd-fake-host.h"
#include "hd-mdev-json.h"
#include "hd-test.h"

#define UUID_1 "11111111-0000-4000-8000-000000000001"

static HdFake *fake;
static HdState *state;

static void
setup(void)
{
    HdConfig config = hd_config_default();
    fake = hd_fake_host_new();
    state = hd_state_new(hd_fake_port(fake), &config);
}

static void
teardown(void)
{
    hd_state_free(state);
    hd_fake_free(fake);
}

static int
call(const char *event, const char *action, const char *result, char **ret_output,
     char **ret_message)
{
    const char *argv[] = {"hostdevctl", "-t",   "mtty-1", "-e",   event, "-a",   action,
                          "-s",         result, "-u",     UUID_1, "-p",  "mtty", NULL};
    return hd_callout_run(hd_fake_port(fake), 13, (char *const *)argv, NULL, ret_output,
                          ret_message);
}

static int
ask(const char *event, const char *action, const char *result)
{
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    int status = call(event, action, result, &output, &message);
    ck_assert_ptr_null(output);
    ck_assert_ptr_null(message);
    return status;
}

/* A VM that runs, with an mdev that has an attribute. */
static void
start_vm(void)
{
    g_autoptr(HdRequest) request = hd_fake_request("web", VM_A, NULL);
    HdWish *wish = hd_request_add(request, HD_WISH_MDEV);
    ck_assert(hd_uuid_parse(UUID_1, &wish->uuid));
    wish->mdev = hd_mdev_spec_new(&wish->uuid, "mtty-1", NULL);
    ck_assert(hd_mdev_attributes_add(wish->mdev->attributes, "power/control", "on"));
    ck_assert(hd_state_prepare(state, request, 0, NULL));
    hd_fake_add_process(fake, 501, "qemu", "qemu -uuid " VM_A " -S", NULL);
}

START_TEST(held_mdev_is_not_given_away)
{
    static const char *const actions[] = {"stop", "undefine", "modify"};
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    start_vm();
    ck_assert_int_eq(call("pre", actions[_i], "none", &output, &message), HD_CALLOUT_REFUSED);
    ck_assert_str_eq(message, "mdev " UUID_1 " is held by VM 'web'; shut that VM down first");
    ck_assert_ptr_null(output);
}
END_TEST

START_TEST(everything_else_is_passed_on)
{
    static const struct {
        const char *event, *action;
    } calls[] = {{"pre", "start"},      {"pre", "define"},       {"post", "stop"},
                 {"live", "modify"},    {"get", "capabilities"}, {"", ""},
                 {"pre", "stop\nstop"}, {"PRE", "stop"}};
    start_vm();
    ck_assert_int_eq(ask(calls[_i].event, calls[_i].action, "none"), HD_CALLOUT_PASS);
}
END_TEST

START_TEST(free_mdev_is_passed_on)
{
    ck_assert_int_eq(ask("pre", "stop", "none"), HD_CALLOUT_PASS);
    start_vm();
    hd_fake_kill_process(fake, 501);
    /* A dead VM's leftover may be stopped by hand. */
    ck_assert_int_eq(ask("pre", "stop", "none"), HD_CALLOUT_PASS);
}
END_TEST

START_TEST(attributes_that_we_wrote)
{
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    ck_assert_int_eq(ask("get", "attributes", "none"), HD_CALLOUT_PASS);
    start_vm();
    ck_assert_int_eq(call("get", "attributes", "none", &output, &message), HD_CALLOUT_DONE);
    ck_assert_str_eq(output, "[\n  {\n    \"power/control\": \"on\"\n  }\n]\n");
}
END_TEST

START_TEST(starts_and_stops_are_noted)
{
    HdPort *port = hd_fake_port(fake);
    const char *journal = "run/hostdevctl/vm/mdev-" UUID_1;
    ck_assert_int_eq(
        hd_port_write(port, UUID_1, "sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create"),
        0);
    ck_assert_int_eq(ask("notify", "start", "failure"), HD_CALLOUT_DONE);
    ck_assert(!hd_port_exists(port, "%s", journal));
    ck_assert_int_eq(ask("notify", "start", "success"), HD_CALLOUT_DONE);
    ck_assert(hd_port_exists(port, "%s", journal));
    ck_assert_int_eq(hd_port_write(port, "1", "sys/bus/mdev/devices/" UUID_1 "/remove"), 0);
    ck_assert_int_eq(ask("notify", "stop", "success"), HD_CALLOUT_DONE);
    ck_assert(!hd_port_exists(port, "%s", journal));
}
END_TEST

START_TEST(bad_calls)
{
    static const char *const calls[][6] = {
        {"x", NULL},
        {"x", "-u", NULL},
        {"x", "-u", "../../etc", "-e", "pre", NULL},
        {"x", "--uuid", UUID_1, "-e", "pre", NULL},
        {"x", "-e", "pre", "-a", "stop", NULL},
    };
    g_autofree char *output = NULL;
    g_autofree char *message = NULL;
    int argc = (int)g_strv_length((char **)calls[_i]);
    start_vm();
    ck_assert_int_eq(
        hd_callout_run(hd_fake_port(fake), argc, (char *const *)calls[_i], NULL, &output, &message),
        HD_CALLOUT_PASS);
    ck_assert_ptr_null(message);
}
END_TEST

/* mdevctl 1.2 takes a script that does not read for one that can't be run. */
START_TEST(stdin_is_drained)
{
    static char much[60000];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], much, sizeof much), (int)sizeof much);
    ck_assert_int_eq(close(ends[1]), 0);
    hd_callout_drain(ends[0]);
    ck_assert_int_eq(read(ends[0], much, sizeof much), 0);
    ck_assert_int_eq(close(ends[0]), 0);
}
END_TEST

/* ---- mdevctl's JSON ---- */

static const struct {
    const char *text;
    const char *message; /* NULL: fine */
} definitions[] = {
    {"{\"mdev_type\": \"mtty-2\"}", NULL},
    {"{\"mdev_type\": \"mtty-2\", \"start\": \"auto\", \"attrs\": []}", NULL},
    {"{\"mdev_type\": \"mtty-2\", \"attrs\": [{}, {\"a\": \"b\"}, {\"a\": \"c\"}]}", NULL},
    {"{\"mdev_type\": \"mtty-2\", \"later\": {\"x\": 1}}", NULL},
    {"", "f: "},
    {"[]", "f: no object"},
    {"{", "f: "},
    {"{\"mdev_type\": \"a\", \"mdev_type\": \"b\"}", "f: duplicate object key"},
    {"{}", "f: \"mdev_type\" is no type's name"},
    {"{\"mdev_type\": 1}", "f: \"mdev_type\" is no type's name"},
    {"{\"mdev_type\": \"a/b\"}", "f: \"mdev_type\" is no type's name"},
    {"{\"mdev_type\": \"..\"}", "f: \"mdev_type\" is no type's name"},
    {"{\"mdev_type\": \"a\", \"start\": \"never\"}", "f: \"start\" is neither auto nor manual"},
    {"{\"mdev_type\": \"a\", \"attrs\": {}}", "f: \"attrs\" is no list"},
    {"{\"mdev_type\": \"a\", \"attrs\": [\"x\"]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\": 1}]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\": \"1\", \"b\": \"2\"}]}",
     "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\": \"1\"}, {\"../a\": \"1\"}]}",
     "f: attribute 2 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"/etc/x\": \"1\"}]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"remove\": \"1\"}]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\": \"1\\n2\"}]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\": \"\"}]}", "f: attribute 1 of \"attrs\""},
    {"{\"mdev_type\": \"a\", \"attrs\": [{\"a\\u0000b\": \"1\"}]}", "f: "},
};

START_TEST(definition)
{
    HdUuid uuid;
    HdMdevSpec *spec = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(hd_uuid_parse(UUID_1, &uuid));
    bool fine = hd_mdev_json_parse(definitions[_i].text, "f", &uuid, "mtty", &spec, &error);
    ck_assert_msg(fine == (definitions[_i].message == NULL), "%s", definitions[_i].text);
    if (!fine) {
        ck_assert_contains(error->message, definitions[_i].message);
        ck_assert_ptr_null(spec);
        return;
    }
    /* What we write we read alike. */
    g_autofree char *text = hd_mdev_json_format(spec);
    HdMdevSpec *again = NULL;
    ck_assert(hd_mdev_json_parse(text, "f", &uuid, "mtty", &again, NULL));
    g_autofree char *text_again = hd_mdev_json_format(again);
    ck_assert_str_eq(text, text_again);
    ck_assert_str_eq(spec->parent, "mtty");
    hd_mdev_spec_free(spec);
    hd_mdev_spec_free(again);
}
END_TEST

HD_TEST_MAIN("callout", {
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, held_mdev_is_not_given_away, 0, 3);
    tcase_add_loop_test(tcase, everything_else_is_passed_on, 0, 8);
    tcase_add_test(tcase, free_mdev_is_passed_on);
    tcase_add_test(tcase, attributes_that_we_wrote);
    tcase_add_test(tcase, starts_and_stops_are_noted);
    tcase_add_loop_test(tcase, bad_calls, 0, 5);
    tcase_add_test(tcase, stdin_is_drained);
    tcase_add_loop_test(tcase, definition, 0, G_N_ELEMENTS(definitions));
})

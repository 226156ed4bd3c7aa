/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which mdev, of what type, on which parent. Pure, like the planner whose part it is.
 */
#include "hd-mdev-planner.h"

#include "hd-text.h"

#define MAX_PLACES 16
#define MAX_TOLD   4

/* One parent that would do. */
typedef struct {
    const HdMdevParent *parent;
    const HdMdevType *type;
    guint free; /* instances, less those planned by others */
    bool is_near;
} Candidate;

/* What the wish comes to, from metadata or mdevctl's store. */
typedef struct {
    const HdPlannerInput *input;
    const HdWish *wish;
    const HdMdevSpec *spec;
    const HdMapping *mapping; /* (nullable) */
    HdPlan *plan;
} Question;

static const HdMdevBus *
bus_of(const Question *question)
{
    return hd_host_mdevs(question->input->host);
}

static bool
refuse(const Question *question, const char *rule, char *reason, const char *remedy)
{
    hd_plan_refuse_mdev(question->plan, &question->wish->uuid, rule, reason, g_strdup(remedy));
    return false;
}

static bool
check_claims(const Question *question)
{
    const HdPlannerInput *input = question->input;
    const HdClaim *claim = hd_claims_find_mdev(input->claims, &question->wish->uuid, input->key);
    if (claim == NULL)
        return true;
    return refuse(question, "held", hd_claim_describe(claim), hd_claim_remedy(claim));
}

static bool
check_model(const Question *question, const char *device_api)
{
    const char *model = question->wish->model;
    if (model == NULL || device_api == NULL || g_str_equal(model, device_api))
        return true;
    return refuse(
        question, "type",
        g_strdup_printf("is for %s, but the VM's <hostdev> says model='%s'", device_api, model),
        "correct the model");
}

static HdGoal *
add_goal(const Question *question, bool is_made)
{
    HdGoal *goal = hd_goal_new_mdev(HD_GOAL_MDEV, &question->wish->uuid);
    goal->is_made = is_made;
    goal->places = hd_mdev_places_new();
    goal->attributes = hd_mdev_attributes_copy(is_made ? question->spec->attributes : NULL);
    hd_plan_add_goal(question->plan, goal);
    return goal;
}

/* It must be what was asked for, wherever it comes from. */
static bool
check_same(const Question *question, const HdMdev *mdev)
{
    const HdMdevSpec *spec = question->wish->mdev;
    if (spec == NULL)
        return true;
    const HdMdevParent *parent = hd_mdev_bus_find_parent(bus_of(question), mdev->parent);
    const HdMdevType *wanted = parent != NULL ? hd_mdev_parent_find_type(parent, spec->type) : NULL;
    bool is_type = g_str_equal(spec->type, mdev->type) ||
                   (wanted != NULL && g_str_equal(wanted->id, mdev->type));
    bool is_parent = spec->parent == NULL || g_str_equal(spec->parent, mdev->parent);
    if (is_type && is_parent)
        return true;
    g_autofree char *type = hd_text_printable(spec->type, 64);
    return refuse(
        question, "type",
        g_strdup_printf("is there already as %s on %s, but the VM's metadata wants %s%s%s",
                        mdev->type, mdev->parent, type, spec->parent ? " on " : "",
                        spec->parent ? spec->parent : ""),
        "remove it with 'hostdevctl mdev remove' or correct the metadata");
}

static bool
reuse(const Question *question, const HdMdev *mdev)
{
    if (!check_model(question, mdev->device_api) || !check_same(question, mdev))
        return false;
    HdGoal *goal = add_goal(question, false);
    hd_mdev_places_add(goal->places, mdev->parent, mdev->type);
    return true;
}

/* Metadata first, then mdevctl. */
static bool
find_spec(Question *question)
{
    guint count = 0;
    question->spec = question->wish->mdev;
    if (question->spec != NULL)
        return true;
    question->spec =
        hd_mdev_bus_find_definition(bus_of(question), &question->wish->uuid, NULL, &count);
    if (count == 1)
        return true;
    if (count > 1)
        return refuse(question, "type",
                      g_strdup("is defined in /etc/mdevctl.d below more than one parent"),
                      "undefine all but one");
    return refuse(
        question, "missing",
        g_strdup("does not exist, and neither the VM's metadata nor mdevctl says what it "
                 "is to be"),
        "add <mdev uuid= mdev_type=> to the metadata ('hostdevctl xml mdev'; libvirt drops "
        "metadata without a namespace and a second element of the same one)");
}

static bool
find_mapping(Question *question)
{
    const char *name = question->wish->mapping;
    if (name == NULL)
        return true;
    question->mapping = hd_host_find_mapping(question->input->host, name);
    return question->mapping != NULL ||
           refuse(question, "missing",
                  g_strdup_printf("wants the mapping '%s', which this host does not have", name),
                  "add it to /etc/hostdevctl/mappings.d");
}

/* Instances that goals of others will take, or took a moment ago, without being there yet. */
static guint
count_planned(const Question *question, const GPtrArray *goals, const char *parent)
{
    guint count = 0;
    for (guint i = 0; i < goals->len; i++) {
        const HdGoal *goal = g_ptr_array_index(goals, i);
        if (goal->kind != HD_GOAL_MDEV || !goal->is_made ||
            hd_mdev_bus_find(bus_of(question), &goal->uuid) != NULL)
            continue;
        const HdMdevPlace *place = g_ptr_array_index(goal->places, 0);
        count += g_str_equal(place->parent, parent);
    }
    return count;
}

/* The parent itself is another VM's, or on its way there: what is made on it goes with it. */
static bool
is_going(const Question *question, const HdMdevParent *parent)
{
    const HdPlannerInput *input = question->input;
    HdPciAddress address;
    return hd_pci_address_parse(parent->name, &address) &&
           hd_claims_find_vm(input->claims, &address, input->key) != NULL;
}

static guint
count_free(const Question *question, const HdMdevParent *parent, const HdMdevType *type)
{
    if (is_going(question, parent))
        return 0;
    guint planned = count_planned(question, question->plan->goals, parent->name);
    for (guint i = 0; i < question->input->claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(question->input->claims, i);
        if (g_strcmp0(claim->key, question->input->key) != 0 && !claim->is_leaving)
            planned += count_planned(question, claim->goals, parent->name);
    }
    return type->available > planned ? type->available - planned : 0;
}

static bool
is_wanted_parent(const Question *question, const HdMdevParent *parent)
{
    if (question->spec->parent != NULL)
        return g_str_equal(question->spec->parent, parent->name);
    return question->mapping == NULL || hd_mapping_has_parent(question->mapping, parent->name);
}

/* All parents with the type, full ones too. (element-type Candidate) */
static GArray *
find_candidates(const Question *question)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    const guint64 nodes = question->input->request->numa_nodes;
    const GPtrArray *parents = bus_of(question)->parents;
    for (guint i = 0; i < parents->len; i++) {
        const HdMdevParent *parent = g_ptr_array_index(parents, i);
        const HdMdevType *type = hd_mdev_parent_find_type(parent, question->spec->type);
        if (type == NULL || !is_wanted_parent(question, parent))
            continue;
        bool is_near = parent->numa_node >= 0 && parent->numa_node < 64 &&
                       (nodes >> parent->numa_node & 1) != 0;
        const Candidate candidate = {parent, type, count_free(question, parent, type), is_near};
        g_array_append_val(candidates, candidate);
    }
    return candidates;
}

static gint
compare_candidates(gconstpointer a, gconstpointer b, gpointer data)
{
    const Candidate *left = a, *right = b;
    const HdPolicy *policy = data;
    if (policy->choice == HD_CHOICE_NUMA && left->is_near != right->is_near)
        return left->is_near ? -1 : 1;
    if (left->free != right->free)
        return (left->free < right->free) == (policy->choice == HD_CHOICE_PACK) ? -1 : 1;
    return g_strcmp0(left->parent->name, right->parent->name);
}

static bool
uses(const HdGoal *goal, const char *parent)
{
    HdPciAddress address;
    if (goal->kind != HD_GOAL_MDEV)
        return hd_pci_address_parse(parent, &address) && hd_goal_claims(goal, &address);
    const HdMdevPlace *place = g_ptr_array_index(goal->places, 0);
    return g_str_equal(place->parent, parent);
}

/* "VM 'a', VM 'b' and 3 more": who has instances of these parents. */
static char *
describe_users(const Question *question, const GArray *candidates)
{
    GString *text = g_string_new(NULL);
    guint users = 0;
    for (guint i = 0; i < question->input->claims->len; i++) {
        const HdClaim *claim = g_ptr_array_index(question->input->claims, i);
        bool is_user = false;
        for (guint j = 0; claim->is_vm && j < claim->goals->len; j++) {
            const HdGoal *goal = g_ptr_array_index(claim->goals, j);
            for (guint k = 0; k < candidates->len; k++)
                is_user |= uses(goal, g_array_index(candidates, Candidate, k).parent->name);
        }
        g_autofree char *name = hd_text_printable(claim->name, 40);
        if (is_user && users++ < MAX_TOLD)
            g_string_append_printf(text, "%sVM '%s'", text->len > 0 ? ", " : "", name);
    }
    if (users > MAX_TOLD)
        g_string_append_printf(text, " and %u more", users - MAX_TOLD);
    if (users == 0)
        g_string_append(text, "no VM of hostdevctl's");
    return g_string_free(text, FALSE);
}

static bool
refuse_full(const Question *question, const GArray *candidates)
{
    const Candidate *first = &g_array_index(candidates, Candidate, 0);
    g_autofree char *users = describe_users(question, candidates);
    g_autofree char *more =
        candidates->len > 1 ? g_strdup_printf(" or %u more parents", candidates->len - 1) : NULL;
    return refuse(question, "full",
                  g_strdup_printf("can't be made: no instance of %s is left on %s%s (held by %s)",
                                  first->type->id, first->parent->name, more != NULL ? more : "",
                                  users),
                  "shut one of them down, or see 'hostdevctl mdev list'");
}

static bool
refuse_unknown(const Question *question)
{
    const HdMdevSpec *spec = question->spec;
    g_autofree char *types = hd_mdev_bus_describe_types(bus_of(question), spec->parent);
    g_autofree char *type = hd_text_printable(spec->type, 64);
    if (spec->parent != NULL && hd_mdev_bus_find_parent(bus_of(question), spec->parent) == NULL)
        return refuse(question, "missing",
                      g_strdup_printf("wants the parent %s, which offers no mediated devices here",
                                      spec->parent),
                      "see 'hostdevctl mdev types'; is the vendor's driver loaded?");
    if (question->mapping != NULL)
        return refuse(question, "type",
                      g_strdup_printf("wants type %s, which no device of mapping '%s' has", type,
                                      question->mapping->name),
                      "see 'hostdevctl mdev types'");
    return refuse(question, "type",
                  g_strdup_printf("wants type %s, which %s does not have (types: %s)", type,
                                  spec->parent != NULL ? spec->parent : "this host", types),
                  "correct the type; see 'hostdevctl mdev types'");
}

static bool
make(const Question *question, const HdPolicy *policy)
{
    g_autoptr(GArray) candidates = find_candidates(question);
    if (candidates->len == 0)
        return refuse_unknown(question);
    g_array_sort_with_data(candidates, compare_candidates, (gpointer)policy);
    g_autoptr(GPtrArray) places = hd_mdev_places_new();
    for (guint i = 0; i < candidates->len && places->len < MAX_PLACES; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        if (!check_model(question, candidate->type->device_api))
            return false;
        if (candidate->free > 0)
            hd_mdev_places_add(places, candidate->parent->name, candidate->type->id);
    }
    if (places->len == 0)
        return refuse_full(question, candidates);
    HdGoal *goal = add_goal(question, true);
    g_ptr_array_unref(goal->places);
    goal->places = g_steal_pointer(&places);
    return true;
}

bool
hd_mdev_planner_add(const HdPlannerInput *input, const HdWish *wish, const HdPolicy *policy,
                    HdPlan *plan)
{
    Question question = {input, wish, NULL, NULL, plan};
    if (!check_claims(&question))
        return false;
    const HdMdev *mdev = hd_mdev_bus_find(bus_of(&question), &wish->uuid);
    if (mdev != NULL)
        return reuse(&question, mdev);
    return find_spec(&question) && find_mapping(&question) && make(&question, policy);
}

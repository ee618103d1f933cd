"""CloudFormation: change sets over every function of templates, their events and stacks."""

from change_set_support import captured, parameter, topic
from run import cases

PREFIX = "cloudformation/"
T1, T2 = {"TopicName": "topic-name-1"}, {"TopicName": "topic-name-2"}


def literal(before, after, more=None):
    """Topic1's DisplayName from one value to another."""
    return {"Topic1": topic(DisplayName=before, **(T1 if more is None else more))}, {
        "Topic1": topic(DisplayName=after, **(T1 if more is None else more))}


def named(value, **extra):
    return {"Type": "String", **({"Default": value} if value else {}), **extra}


V = lambda n: f"display-value-{n}"
BASE64 = lambda text: {"Fn::Base64": text}
SELECT = lambda index, items: {"Fn::Select": [index, items]}
SPLIT = lambda at, text: {"Fn::Join": ["_", {"Fn::Split": [at, text]}]}
SUB = lambda *of: {"Fn::Sub": of[0] if len(of) == 1 else list(of)}
ATT = {"Fn::GetAtt": ["Topic1", "DisplayName"]}
TOPIC1 = {"Topic1": topic(DisplayName=V(1), **T1)}
DEPENDED = lambda n: {"Topicn": {**topic(TopicName="topic-name-n", DisplayName="display-value-n"), "DependsOn": n}}
OTHER = {"Topic2": topic(DisplayName=V(2), **T2)}
MAPPED = lambda value, key="Key1", map="SNSMapping": {map: {"A": {key: value}}}
FOUND = lambda key="Key1": {"Fn::FindInMap": ["SNSMapping", "A", key]}
FOO = lambda name: {"Foo": topic(TopicName=name)}
TYPED = lambda default, ref="TopicName": {"Parameters": {ref: named(default)}, "Resources": FOO({"Ref": ref})}

TESTS = {
    "test_change_set_depends_on.py::TestChangeSetDependsOn::": {
        "multiple_dependencies_addition": ({**TOPIC1, **DEPENDED(["Topic1"])}, {**TOPIC1, **OTHER, **DEPENDED(["Topic1", "Topic2"])}),
        "multiple_dependencies_deletion": ({**TOPIC1, **OTHER, **DEPENDED(["Topic1", "Topic2"])}, {**TOPIC1, **DEPENDED(["Topic1"])}),
        "update_depended_resource_list": (
            {**TOPIC1, "Topic2": {**topic(DisplayName=V(2), **T2), "DependsOn": ["Topic1"]}},
            {"Topic1": topic(DisplayName="display-value-1-updated", **T1), "Topic2": {**topic(DisplayName=V(2), **T2), "DependsOn": ["Topic1"]}})},
    "test_change_set_fn_base64.py::TestChangeSetFnBase64::": {
        "fn_base64_add_to_static_property": literal("topic-name-1", BASE64("HelloWorld"), {}),
        "fn_base64_change_input_string": literal(BASE64("OldValue"), BASE64("NewValue"), {}),
        "fn_base64_remove_from_static_property": literal(BASE64("HelloWorld"), "topic-name-1", {})},
    "test_change_set_fn_get_attr.py::TestChangeSetFnGetAttr::": {
        "direct_attribute_value_change": ({**TOPIC1, "Topic2": topic(DisplayName=ATT, **T2)},
                                          {"Topic1": topic(DisplayName=V(2), **T1), "Topic2": topic(DisplayName=ATT, **T2)}),
        "direct_attribute_value_change_with_dependent_addition": (
            TOPIC1, {"Topic1": topic(DisplayName=V(2), **T1), "Topic2": topic(DisplayName=ATT, **T2)})},
    "test_change_set_fn_join.py::TestChangeSetFnJoin::": {
        "update_refence_argument": tuple({"Topic1": topic(DisplayName=f"display-name-{n}", **T1),
                                          "Topic2": topic(DisplayName={"Fn::Join": ["-", ["prefix", ATT]]}, **T2)} for n in (1, 2)),
        "update_string_literal_arguments_empty": literal({"Fn::Join": ["", []]}, {"Fn::Join": ["", ["v1", "test"]]}),
        "update_string_literal_delimiter_empty": literal({"Fn::Join": ["", ["v1", "test"]]}, {"Fn::Join": ["-", ["v1", "test"]]})},
    "test_change_set_fn_select.py::TestChangeSetFnSelect::": {
        "fn_select_add_to_static_property": literal("topic-name-1", SELECT(1, ["1st", "2nd", "3rd"]), {}),
        "fn_select_change_get_att_reference": tuple({
            "Topic1": topic(DisplayName=f"topic-name-{n}"), "Topic2": topic(DisplayName=SELECT(0, [ATT]))} for n in (1, 2)),
        "fn_select_change_in_selection_list": literal(SELECT(1, ["1st", "2nd"]), SELECT(1, ["1st", "new-2nd"]), {})},
    "test_change_set_fn_split.py::TestChangeSetFnSplit::": {
        "fn_split_change_delimiter": literal(SPLIT("-", "a-b--c::d"), SPLIT(":", "a-b--c::d"), {}),
        "fn_split_change_source_string_only": literal(SPLIT("-", "a-b"), SPLIT("-", "x-y-z"), {}),
        "fn_split_remove_from_static_property": literal(SPLIT("-", "part1-part2-part3"), "topic-name-1", {})},
    "test_change_set_fn_sub.py::TestChangeSetFnSub::": {
        "fn_sub_addition_parameter": (TOPIC1, {"Parameters": {"ParameterDisplayName": named("display-value-parameter")}, "Resources": {
            "Topic1": topic(DisplayName=SUB("Parameter interpolation: ${ParameterDisplayName}"), **T1)}}),
        "fn_sub_addition_string_pseudo": literal(V(1), SUB("The stack name is ${AWS::StackName}")),
        "fn_sub_delete_parameter_literal": literal(
            SUB("Parameter interpolation: ${var_name_1}, ${var_name_2}", {"var_name_1": "var_value_1", "var_name_2": "var_value_2"}),
            SUB("Parameter interpolation: ${var_name_1}", {"var_name_1": "var_value_1"})),
        "fn_sub_delete_string_pseudo": literal(SUB("The stack name is ${AWS::StackName}"), "display-name-2"),
        "fn_sub_update_parameter_type": (
            {"Mappings": {"SNSMapping": {"Key1": {"TopicName": V(1)}}}, "Resources": {"Topic1": topic(DisplayName=SUB(
                "Parameter interpolation: ${var_name}", {"var_name": {"Fn::FindInMap": ["SNSMapping", "Key1", "TopicName"]}}), **T1)}},
            {"Parameters": {"ParameterDisplayName": named("display-value-parameter")}, "Resources": {"Topic1": topic(DisplayName=SUB(
                "Parameter interpolation: ${var_name}", {"var_name": {"Ref": "ParameterDisplayName"}}), **T1)}}),
        "fn_sub_update_string_pseudo": literal(SUB("The stack name is ${AWS::StackName}"), SUB("The region name is ${AWS::Region}"))},
    "test_change_set_mappings.py::TestChangeSetMappings::": {
        "mapping_addition_with_resource": (TOPIC1, {"Mappings": MAPPED("display-value-new"), "Resources": {
            **TOPIC1, "Topic2": topic(DisplayName=FOUND(), **T2)}}),
        "mapping_key_addition_with_resource": (
            {"Mappings": MAPPED(V(1)), "Resources": {"Topic1": topic(DisplayName=FOUND(), **T1)}},
            {"Mappings": {"SNSMapping": {"A": {"Key1": V(1), "Key2": "display-value-new"}}}, "Resources": {
                "Topic1": topic(DisplayName=FOUND(), **T1), "Topic2": topic(DisplayName=FOUND("Key2"), **T2)}}),
        "mapping_leaf_update": tuple({"Mappings": MAPPED(V(n)), "Resources": {"Topic1": topic(DisplayName=FOUND(), **T1)}} for n in (1, 2))},
    "test_change_set_parameters.py::TestChangeSetParameters::": {
        "update_parameter_default_value": (TYPED("topic-name-1"), TYPED("topic-name-2")),
        "update_parameter_default_value_with_dynamic_overrides": (
            TYPED("default-value-1"), TYPED("default-value-2"), {"TopicName": "topic-name-1"}, {"TopicName": "topic-name-2"}),
        "update_parameter_with_added_default_value": (TYPED(None), TYPED("topic-name-2"), {"TopicName": "topic-name-1"}, {"TopicName": "topic-name-2"}),
        "update_parameter_with_removed_default_value": (TYPED("topic-name-1"), TYPED(None), None, {"TopicName": "topic-name-2"})},
    "test_change_set_conditions.py::TestChangeSetConditions::": {
        "condition_add_new_negative_condition_to_existent_resource": (
            {"SNSTopic": topic(**T1)}, {"Conditions": {"CreateTopic": {"Fn::Equals": ["true", "false"]}}, "Resources": {
                "SNSTopic": {**topic(**T1), "Condition": "CreateTopic"}, "TopicPlaceholder": topic(**T2)}})},
    "test_change_set_ref.py::TestChangeSetRef::": {
        "resource_addition": (TOPIC1, {**TOPIC1, "Topic2": topic(DisplayName={"Ref": "Topic1"}, **T2)})},
    "test_change_set_values.py::TestChangeSetValues::": {
        "property_empy_list": ({"Topic": topic(TopicName="test-name"), "Role": {"Type": "AWS::Logs::LogGroup", "Properties": {
            "LogGroupName": {"Fn::GetAtt": ["Topic", "TopicName"]}, "Tags": []}}}, {"Topic": topic(TopicName="test-name")})},
    "test_change_sets.py::TestCaptureUpdateProcess::": {
        "direct_update": (FOO("topic-1"), FOO("topic-2")),
        "dynamic_update": tuple({**FOO(f"topic-{n}"), "Parameter": parameter({"Fn::GetAtt": ["Foo", "TopicName"]})} for n in (1, 2)),
        "mappings_with_static_fields": tuple({"Mappings": {"MyMapping": {"MyKey": {"key1": "topic-name-1", "key2": "topic-name-2"}}}, "Resources": {
            **FOO({"Fn::FindInMap": ["MyMapping", "MyKey", f"key{n}"]}), "Parameter": parameter({"Fn::GetAtt": ["Foo", "TopicName"]})}} for n in (1, 2)),
    },
    "v2/test_change_sets.py::TestCaptureUpdateProcess::": {
        "unrelated_changes_requires_replacement": tuple({
            "Parameter1": parameter("value", Name=f"parameter-{n}-name"),
            "Parameter2": parameter({"Fn::GetAtt": ["Parameter1", "Value"]})} for n in (1, 2))}}


def case_of(templates):
    def case(run):
        captured(run, *templates)

    return case


for file, tests in TESTS.items():
    for name, templates in tests.items():
        case = case_of(templates)
        case.__name__ = name
        cases(PREFIX + file)(case)

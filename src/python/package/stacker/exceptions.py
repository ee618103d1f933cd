"""The exceptions that stacker's documentation names, so that code that catches them works."""


class _Told(Exception):
    """Made from a text and the values that it speaks of, which stay as attributes."""

    text = ""
    names = ()

    def __init__(self, *values, **named):
        for name, value in zip(self.names, values):
            setattr(self, name, value)
        for name, value in named.items():
            setattr(self, name, value)
        known = {name: getattr(self, name, None) for name in self.names}
        self.message = self.text.format(**known)
        Exception.__init__(self, self.message)

    def __str__(self):
        return self.message


def _told(name, text, *names):
    return type(name, (_Told,), {"text": text, "names": names, "__module__": __name__})


InvalidConfig = _told("InvalidConfig", "{errors}", "errors")
InvalidLookupCombination = _told(
    "InvalidLookupCombination",
    "lookup {lookup} gives something else than text, so nothing may stand beside it: {value}",
    "lookup", "lookups", "value")
InvalidLookupConcatenation = _told(
    "InvalidLookupConcatenation", "lookup {lookup} gives something else than text", "lookup", "lookups")
UnknownLookupType = _told("UnknownLookupType", 'there is no lookup "{lookup_type}"', "lookup_type")
FailedVariableLookup = _told(
    "FailedVariableLookup", "the lookup {lookup} in variable {variable_name} failed: {error}",
    "variable_name", "lookup", "error")
FailedLookup = _told("FailedLookup", "the lookup {lookup} failed: {error}", "lookup", "error")
InvalidUserdataPlaceholder = _told(
    "InvalidUserdataPlaceholder", "the user data of {blueprint_name} has a bad placeholder: {exception_message}",
    "blueprint_name", "exception_message")
UnresolvedVariables = _told(
    "UnresolvedVariables", "the variables of {blueprint_name} are not resolved yet", "blueprint_name")
UnresolvedVariable = _told(
    "UnresolvedVariable", "the variable {variable} of {blueprint_name} is not resolved yet",
    "blueprint_name", "variable")
UnresolvedVariableValue = _told("UnresolvedVariableValue", "{lookup} is not resolved yet", "lookup")
MissingVariable = _told(
    "MissingVariable", 'blueprint {blueprint_name} needs the variable "{variable_name}"',
    "blueprint_name", "variable_name")
VariableTypeRequired = _told(
    "VariableTypeRequired", 'the variable "{variable_name}" of {blueprint_name} declares no type',
    "blueprint_name", "variable_name")
StackDoesNotExist = _told("StackDoesNotExist", "the stack {stack_name} does not exist", "stack_name")
MissingParameterException = _told(
    "MissingParameterException", "parameters without a value: {parameters}", "parameters")
OutputDoesNotExist = _told(
    "OutputDoesNotExist", "the stack {stack_name} has no output {output}", "stack_name", "output")
MissingEnvironment = _told("MissingEnvironment", 'the environment has no "{key}"', "key")
WrongEnvironmentType = _told("WrongEnvironmentType", 'the environment\'s "{key}" is of the wrong type', "key")
ImproperlyConfigured = _told("ImproperlyConfigured", "{cls}: {error}", "cls", "error")
StackDidNotChange = _told("StackDidNotChange", "the stack did not change")
CancelExecution = _told("CancelExecution", "the run was cancelled")
ChangesetDidNotStabilize = _told(
    "ChangesetDidNotStabilize", "the change set {change_set_id} did not become ready", "change_set_id")
UnhandledChangeSetStatus = _told(
    "UnhandledChangeSetStatus", "the change set {change_set_id} of {stack_name} is {status}: {status_reason}",
    "stack_name", "change_set_id", "status", "status_reason")
UnableToExecuteChangeSet = _told(
    "UnableToExecuteChangeSet", "the change set {change_set_id} of {stack_name} can't be run: {execution_status}",
    "stack_name", "change_set_id", "execution_status")
StackUpdateBadStatus = _told(
    "StackUpdateBadStatus", "the stack {stack_name} can't be updated, it is {stack_status}: {reason}",
    "stack_name", "stack_status", "reason")
PlanFailed = _told("PlanFailed", "steps failed: {failed_steps}", "failed_steps")
GraphError = _told("GraphError", "{stack} can't depend on {dependency}: {exception}", "exception", "stack", "dependency")


class ValidatorError(_Told):
    text = "the validator {validator} of variable {variable} refuses {value!r}"
    names = ("variable", "validator", "value", "exception")

    def __init__(self, variable, validator, value, exception=None):
        _Told.__init__(self, variable, validator, value, exception)
        if exception is not None:
            self.message += ": {}: {}".format(type(exception).__name__, exception)
            self.args = (self.message,)

"""The types of variables: parameters of CloudFormation, and objects of troposphere.

Names: https://stacker.readthedocs.io/en/latest/blueprints.html#variable-types; parameter types:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""


class CFNType:
    """A variable of this type becomes a parameter of the template."""

    def __init__(self, parameter_type):
        self.parameter_type = parameter_type

    def __repr__(self):
        return "CFNType({!r})".format(self.parameter_type)


class TroposphereType:
    """A variable of this type is given as plain data and becomes an object of troposphere.

    A resource is given as {title: properties}; a property type as its members, or with many as a
    list of them. With optional, nothing stands for None. validate=False leaves it to the blueprint
    to fill in what is required.
    """

    def __init__(self, defined_type, many=False, optional=False, validate=True):
        if not hasattr(defined_type, "from_dict"):
            raise ValueError("Type must have `from_dict` attribute")
        self._type, self._many, self._optional, self._validate = defined_type, many, optional, validate

    @property
    def resource_name(self):
        return getattr(self._type, "resource_name", None) or self._type.__name__

    def _made(self, value):
        make = self._type.from_dict
        if hasattr(self._type, "resource_type"):
            if not isinstance(value, dict):
                raise ValueError("Resources must be specified as a dict of title to parameters")
            if len(value) > 1 and not self._many:
                raise ValueError("Only one resource can be provided for this TroposphereType variable")
            return [make(title, members) for title, members in value.items()]
        if self._many:
            return [make(None, members) for members in value]
        if not isinstance(value, dict):
            raise ValueError("TroposphereType for a single non-resourcetype must be specified as a dict of parameters")
        return [make(None, value)]

    def create(self, value):
        if self._optional and (value is None or len(value) == 0):
            return None
        made = self._made(value)
        if self._validate:
            for item in made:
                item._validate_props()
        return made if self._many else made[0]


CFNString = CFNType("String")
CFNNumber = CFNType("Number")
CFNNumberList = CFNType("List<Number>")
CFNCommaDelimitedList = CFNType("CommaDelimitedList")
# As older releases called it.
CFNList = CFNCommaDelimitedList

SSMParameterName = CFNType("AWS::SSM::Parameter::Name")
SSMParameterValueString = CFNType("AWS::SSM::Parameter::Value<String>")
SSMParameterValueStringList = CFNType("AWS::SSM::Parameter::Value<List<String>>")
SSMParameterValueCommaDelimitedList = CFNType("AWS::SSM::Parameter::Value<CommaDelimitedList>")

_OF_AWS = {
    "EC2AvailabilityZoneName": "AWS::EC2::AvailabilityZone::Name",
    "EC2ImageId": "AWS::EC2::Image::Id",
    "EC2InstanceId": "AWS::EC2::Instance::Id",
    "EC2KeyPairKeyName": "AWS::EC2::KeyPair::KeyName",
    "EC2SecurityGroupGroupName": "AWS::EC2::SecurityGroup::GroupName",
    "EC2SecurityGroupId": "AWS::EC2::SecurityGroup::Id",
    "EC2SubnetId": "AWS::EC2::Subnet::Id",
    "EC2VolumeId": "AWS::EC2::Volume::Id",
    "EC2VPCId": "AWS::EC2::VPC::Id",
    "Route53HostedZoneId": "AWS::Route53::HostedZone::Id",
}
for _name, _type in _OF_AWS.items():
    globals()[_name] = CFNType(_type)
    globals()[_name + "List"] = CFNType("List<{}>".format(_type))
    globals()["SSMParameterValue" + _name] = CFNType("AWS::SSM::Parameter::Value<{}>".format(_type))
    globals()["SSMParameterValue" + _name + "List"] = CFNType("AWS::SSM::Parameter::Value<List<{}>>".format(_type))

"""What the books refuse, as exceptions whose message can be shown to a person. None names a number or a person."""


class Refused(ValueError):
    """The books cannot take this: the message says what is wrong with it."""


class NameTaken(Refused):
    """Something else has this name already."""


class Unknown(Refused):
    """It refers to something that does not exist."""


class AlreadySignedIn(Refused):
    """The agent has an open session."""


class PhoneTaken(Refused):
    """Another agent is signed in at this phone."""

"""What a Linked Art 1.0 record may say, as tables: key, way through the graph, value.

The model is CIDOC CRM with fewer classes and other names (https://linked.art/api/1.0/).
What our graph says and the model has no place for (device, parameters, know-how) is left
to the graph.
"""

from typing import Final

from rdflib import DCTERMS, RDFS, SKOS

from knowledge_graph.namespaces import CRM, CRMDIG, CRMSCI, LA
from knowledge_graph.patterns.exhibition import EXHIBITION, EXHIBITION_SET
from knowledge_graph.patterns.identity import DESCRIPTION, PRIMARY_NAME

from .fields import (
    Embed,
    Field,
    Form,
    Label,
    Link,
    Number,
    Refer,
    Remark,
    Step,
    Text,
    back,
    each,
    one,
    refer,
)

E22: Final = CRM["E22_Human-Made_Object"]

# The few terms of the AAT that our patterns name, as they are labelled there.
AAT_LABELS: Final = {
    PRIMARY_NAME: "preferred terms",
    DESCRIPTION: "descriptions (documents)",
    EXHIBITION: "exhibitions (events)",
    EXHIBITION_SET: "exhibition collections",
}

TYPE: Final = Refer(
    frozenset({"Type", "Material", "Language", "MeasurementUnit"}), called="Type"
)
ACTOR: Final = refer("Person", "Group")
PLACE: Final = refer("Place")
OBJECT: Final = refer("HumanMadeObject")
SET: Final = refer("Set")
ANY: Final = refer(
    *("HumanMadeObject", "DigitalObject", "Set", "Place", "Person", "Group"),
    *("Activity", "Period", "PropositionalObject"),
    *("Type", "Language", "Material", "MeasurementUnit"),
)

TYPES: Final = each("classified_as", CRM.P2_has_type, TYPE)
CONTENT: Final = one("content", CRM.P190_has_symbolic_content, Text())
LANGUAGE: Final = each("language", CRM.P72_has_language, refer("Language"))
REMARKS: Final = each("referred_to_by", CRM.P3_has_note, Remark())
ACTORS: Final = each("carried_out_by", CRM.P14_carried_out_by, ACTOR)
PLACES: Final = each("took_place_at", CRM.P7_took_place_at, PLACE)
DURING: Final = each("during", CRM.P10_falls_within, refer("Period"))

NAME: Final = Form(
    "Name",
    frozenset({CRM.E33_E41_Linguistic_Appellation, CRM.E41_Appellation}),
    (TYPES, CONTENT, LANGUAGE),
    needs=("content",),
)
SPAN: Final = Form(
    "TimeSpan",
    frozenset({CRM["E52_Time-Span"]}),
    (
        each("identified_by", CRM.P1_is_identified_by, Embed((NAME,))),
        one("begin_of_the_begin", CRM.P82a_begin_of_the_begin, Text()),
        one("end_of_the_end", CRM.P82b_end_of_the_end, Text()),
    ),
)
WHEN: Final = one("timespan", CRM["P4_has_time-span"], Embed((SPAN,)))
MOTIVES: Final = each("influenced_by", CRM.P17_was_motivated_by, ANY)
EVIDENCE: Final = Field(
    "referred_to_by", (Step(CRM.P70i_is_documented_in), Step(RDFS.label)), Remark()
)

GIVEN: Final = Form(
    "AttributeAssignment",
    frozenset({CRM.E15_Identifier_Assignment}),
    (ACTORS, WHEN),
)
IDENTIFIER: Final = Form(
    "Identifier",
    frozenset({CRM.E42_Identifier}),
    (TYPES, CONTENT, back("assigned_by", CRM.P37_assigned, Embed((GIVEN,)))),
    needs=("content",),
)
STATEMENT: Final = Form(
    "LinguisticObject",
    frozenset({CRM.E33_Linguistic_Object}),
    (TYPES, CONTENT, LANGUAGE),
    needs=("content",),
)
DIMENSION: Final = Form(
    "Dimension",
    frozenset({CRM.E54_Dimension}),
    (
        TYPES,
        one("value", CRM.P90_has_value, Number()),
        one("lower_value_limit", CRM.P90a_has_lower_value_limit, Number()),
        one("upper_value_limit", CRM.P90b_has_upper_value_limit, Number()),
        one("unit", CRM.P91_has_unit, refer("MeasurementUnit")),
    ),
    needs=("value", "unit"),
)
CLASSIFICATION: Final = Form(
    "AttributeAssignment",
    frozenset({CRM.E17_Type_Assignment}),
    (each("assigned", CRM.P42_assigned, TYPE), ACTORS, WHEN, MOTIVES, EVIDENCE),
    needs=("assigned",),
    fixed={"assigned_property": "classified_as"},
)
OPINION: Final = Form(
    "AttributeAssignment",
    frozenset({CRM.E13_Attribute_Assignment}),
    (
        each("classified_as", CRM.P177_assigned_property_of_type, TYPE),
        each("assigned", CRM.P141_assigned, ANY),
        ACTORS,
        WHEN,
        REMARKS,
        MOTIVES,
        EVIDENCE,
    ),
    needs=("assigned",),
)
PRODUCTION: Final = Form(
    "Production",
    frozenset({CRM.E12_Production}),
    (
        ACTORS,
        PLACES,
        WHEN,
        DURING,
        each("technique", CRM.P32_used_general_technique, TYPE),
        REMARKS,
    ),
)
MODIFICATION: Final = Form(
    "Modification",
    frozenset({CRM.E11_Modification}),
    (TYPES, ACTORS, WHEN, REMARKS),
)
ENCOUNTER: Final = Form(
    "Encounter",
    frozenset({CRMSCI.S19_Encounter_Event}),
    (TYPES, ACTORS, each("took_place_at", CRMSCI.O21_encountered_at, PLACE), WHEN),
)
TITLE_MOVES: Final = Form(
    "Acquisition",
    frozenset({CRM.E8_Acquisition, CRM.E96_Purchase}),
    (
        TYPES,
        WHEN,
        REMARKS,
        each("transferred_title_from", CRM.P23_transferred_title_from, ACTOR),
        each("transferred_title_to", CRM.P22_transferred_title_to, ACTOR),
        each("transferred_title_of", CRM.P24_transferred_title_of, OBJECT),
    ),
    needs=("transferred_title_of",),
)
CUSTODY_MOVES: Final = Form(
    "TransferOfCustody",
    frozenset({CRM.E10_Transfer_of_Custody}),
    (
        TYPES,
        WHEN,
        REMARKS,
        each("transferred_custody_from", CRM.P28_custody_surrendered_by, ACTOR),
        each("transferred_custody_to", CRM.P29_custody_received_by, ACTOR),
        each("transferred_custody_of", CRM.P30_transferred_custody_of, OBJECT),
    ),
    needs=("transferred_custody_of",),
)
FILE: Final = Form(
    "DigitalObject",
    frozenset({CRMDIG.D1_Digital_Object}),
    (
        TYPES,
        each("identified_by", CRM.P1_is_identified_by, Embed((IDENTIFIER,))),
        one("format", DCTERMS.format, Text()),
        each("access_point", LA.access_point, Link()),
    ),
    needs=("access_point",),
)
PORTRAIT: Final = Form(
    "VisualItem",
    frozenset({CRM.E36_Visual_Item}),
    # In the graph file and image are one node: what is digital and shows the thing.
    (Field("digitally_shown_by", (), Embed((FILE,))),),
    needs=("digitally_shown_by",),
)
BIRTH: Final = Form("Birth", frozenset({CRM.E67_Birth}), (WHEN, PLACES))
DEATH: Final = Form("Death", frozenset({CRM.E69_Death}), (WHEN, PLACES))

NAMES: Final = each("identified_by", CRM.P1_is_identified_by, Embed((NAME, IDENTIFIER)))
STATEMENTS: Final = each(
    "referred_to_by", CRM.P67i_is_referred_to_by, Embed((STATEMENT,))
)
PORTRAITS: Final = back("representation", CRM.P138_represents, Embed((PORTRAIT,)))
GRADED: Final = back("attributed_by", CRM.P41_classified, Embed((CLASSIFICATION,)))
SAID: Final = back("attributed_by", CRM.P140_assigned_attribute_to, Embed((OPINION,)))
SIZES: Final = each("dimension", CRM.P43_has_dimension, Embed((DIMENSION,)))
SETS: Final = each("member_of", LA.member_of, SET)
COMMON: Final = (NAMES, TYPES, STATEMENTS, REMARKS)

_MADE: Final = Step(CRM.P108_has_produced, inverse=True)
_ABOUT: Final = Step(CRM.P140_assigned_attribute_to, inverse=True)

OBJECT_FORM: Final = Form(
    "HumanMadeObject",
    frozenset({E22}),
    (
        *COMMON,
        GRADED,
        SAID,
        # Other opinions on period and maker are held of the making; a record has one list.
        Field("attributed_by", (_MADE, _ABOUT), Embed((OPINION,))),
        PORTRAITS,
        SETS,
        SIZES,
        each("made_of", CRM.P45_consists_of, refer("Material")),
        one("part_of", CRM.P46i_forms_part_of, OBJECT),
        each("current_owner", CRM.P52_has_current_owner, ACTOR),
        each("current_custodian", CRM.P50_has_current_keeper, ACTOR),
        one("current_location", CRM.P55_has_current_location, PLACE),
        one(
            "current_permanent_location", CRM.P54_has_current_permanent_location, PLACE
        ),
        Field("produced_by", (_MADE,), Embed((PRODUCTION,)), many=False),
        back("modified_by", CRM.P31_has_modified, Embed((MODIFICATION,))),
        back("encountered_by", CRMSCI.O19_encountered_object, Embed((ENCOUNTER,))),
        back(
            "changed_ownership_through",
            CRM.P24_transferred_title_of,
            Embed((TITLE_MOVES,)),
        ),
    ),
)
PERSON_FORM: Final = Form(
    "Person",
    frozenset({CRM.E21_Person}),
    (
        *COMMON,
        GRADED,
        Field(
            "born",
            (Step(CRM.P98_brought_into_life, inverse=True),),
            Embed((BIRTH,)),
            many=False,
        ),
        Field(
            "died",
            (Step(CRM.P100_was_death_of, inverse=True),),
            Embed((DEATH,)),
            many=False,
        ),
    ),
)
GROUP_FORM: Final = Form("Group", frozenset({CRM.E74_Group}), COMMON)
PLACE_FORM: Final = Form(
    "Place",
    frozenset({CRM.E53_Place}),
    (
        *COMMON,
        one("defined_by", CRM.P168_place_is_defined_by, Text()),
        each("part_of", CRM.P89_falls_within, PLACE),
    ),
)
PERIOD_FORM: Final = Form(
    "Period", frozenset({CRM.E4_Period}), (*COMMON, WHEN, PLACES, DURING)
)
ACTIVITY_FORM: Final = Form(
    "Activity",
    frozenset({CRM.E7_Activity}),
    (
        *COMMON,
        WHEN,
        PLACES,
        ACTORS,
        each(
            "used_specific_object",
            CRM.P16_used_specific_object,
            refer("HumanMadeObject", "Set"),
        ),
    ),
)
SET_FORM: Final = Form("Set", frozenset({LA.Set}), COMMON)
WORK_FORM: Final = Form(
    "PropositionalObject",
    frozenset({CRM.E89_Propositional_Object}),
    (*COMMON, SAID, SETS, each("about", CRM.P129_is_about, ANY)),
)
DIGITAL_FORM: Final = Form(
    "DigitalObject",
    frozenset({CRMDIG.D1_Digital_Object}),
    (
        *COMMON,
        SIZES,
        one("format", DCTERMS.format, Text()),
        each("access_point", LA.access_point, Link()),
    ),
)
PROVENANCE_FORM: Final = Form(
    "Activity",
    frozenset(
        {CRM.E7_Activity, CRM.E8_Acquisition, CRM.E96_Purchase}
        | {CRM.E10_Transfer_of_Custody}
    ),
    (
        TYPES,
        WHEN,
        Field("part", (), Embed((TITLE_MOVES, CUSTODY_MOVES))),
        each("part", CRM.P9_consists_of, Embed((TITLE_MOVES, CUSTODY_MOVES))),
    ),
)
TERM: Final = Form(
    "Type",
    frozenset({SKOS.Concept}),
    (
        each("identified_by", SKOS.prefLabel, Label()),
        each("broader", SKOS.broader, ANY),
        each("equivalent", SKOS.exactMatch, ANY),
    ),
)
# What a term is called that is more than a type.
TERM_TYPES: Final = {
    CRM.E57_Material: "Material",
    CRM.E56_Language: "Language",
    CRM.E58_Measurement_Unit: "MeasurementUnit",
    CRM.E4_Period: "Period",
}

# A class that says more stands before one that says less: a file is also what it shows.
RECORDS: Final = (
    OBJECT_FORM,
    PERSON_FORM,
    GROUP_FORM,
    PLACE_FORM,
    PERIOD_FORM,
    WORK_FORM,
    SET_FORM,
    DIGITAL_FORM,
    ACTIVITY_FORM,
)

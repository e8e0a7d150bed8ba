"""Survey designs: the responses of a data frame, their weights, strata, clusters or replicate weights."""

from sipas.stats.designs.parts import Clusters, CountedFrame, Questionnaire, Replicates, Scale
from sipas.stats.designs.results import ResultTable
from sipas.stats.designs.survey_design import SurveyDesign

__all__ = ["Clusters", "CountedFrame", "Questionnaire", "Replicates", "ResultTable", "Scale", "SurveyDesign"]

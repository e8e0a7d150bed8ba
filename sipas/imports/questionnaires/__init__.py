"""Questionnaires in other programs' formats: XLSForm and SurveyJS."""

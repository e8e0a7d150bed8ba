"""Printed reports: one document, written as PDF, DOCX or HTML."""

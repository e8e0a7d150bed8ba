"""Surveys behind one-time links and posters, and the mix that stores their answers anonymously."""

"""`make mutants`: how many faults in planning code does the test suite find?"""

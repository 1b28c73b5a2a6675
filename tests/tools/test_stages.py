"""The stages' runner."""

import stages


def test_a_fuzzers_progress_is_left_out_of_what_it_found():
    said = '#12\tNEW    cov: 1\nASSERT failed\n#13\tREDUCE cov: 2\n###### Recommended dictionary. ######\n"true" # Uses: 3\nBase64: eA==\n'
    assert stages.found_by_fuzzer(said) == "ASSERT failed\nBase64: eA=="

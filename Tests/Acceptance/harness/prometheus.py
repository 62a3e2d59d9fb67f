"""The metrics page, as another program reads it."""

from prometheus_client.parser import text_string_to_metric_families


def value(purser, name, **labels):
    """The value of the one sample of that name with just these labels."""
    families = text_string_to_metric_families(purser.probe("/metrics").text)
    samples = [sample for family in families for sample in family.samples]
    found = [sample.value for sample in samples if sample.name == name and sample.labels == labels]
    assert len(found) == 1, f"{name} {labels}: {len(found)} samples"
    return found[0]

"""Engines that turn HTML into text: one file each, each with a class ``Extractor`` (see ``transforms.extract``)."""

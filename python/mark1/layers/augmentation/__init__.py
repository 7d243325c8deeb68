"""Layers that change pictures, most of them at random and while training only."""

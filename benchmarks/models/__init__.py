"""Whole models: training steps and predictions through the public interface."""

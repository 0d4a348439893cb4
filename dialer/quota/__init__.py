"""Delivery slots asked live of a project's courier, reserved before they are promised, released if not kept."""

"""Webhooks: what newly waits, posted to addresses that an administrator gives, signed or as chats want it.

A message says of what it is about only its kind, reference, day and address in the product: never a title, a
name or a reason. Who reads a channel is not known here.
"""

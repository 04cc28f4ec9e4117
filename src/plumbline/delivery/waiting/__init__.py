"""Notices of what newly waits for somebody: recorded once, shown in the product, told by mail.

What waits is derived (`plumbline.controls.tasks`). The stage compares it with the notices that are open and
writes the difference; mails are planned from the notices that no mail has named, so that neither a restart
nor a change of preferences loses or doubles one.
"""

"""What leaves the installation for people: rows that a stage sends through a channel, with retries and a log.

Whoever wants something sent writes a row (`commands`) in the transaction of what it is about; nothing waits
for a mail server. The stage sends what is due. The text is composed when it is sent and never stored: a row
holds no secret, and an invitation that was retried for a day still carries a fresh address.
"""

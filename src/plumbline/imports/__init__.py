"""Import of a register kept elsewhere: read, map, plan, and only after a confirmation write through the door.

`reading` and `mapping` are pure (bytes and a map in, mapped rows and faults out); `plan` asks what is there
already and writes nothing; `commands` keeps the plan and writes it in short resumable chunks.
"""

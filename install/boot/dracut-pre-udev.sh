#!/bin/sh
# Sourced by dracut before it starts udev.
sh /usr/lib/hostdevctl/boot-claim

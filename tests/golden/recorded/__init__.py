# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded hosts: from a short description to the file tree that such a machine shows."""

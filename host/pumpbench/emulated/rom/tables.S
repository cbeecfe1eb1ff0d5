/* The boot ROM's header and function table (RP2040 data sheet, 2.8.3): two letters and an address each. */
    .syntax unified
    .section .header, "a"
    .byte 'M', 'u', 1, 2
    .2byte functions, data, table_lookup + 1
    .2byte 0

    .macro entry first, second, address
    .byte \first, \second
    .2byte \address + 1
    .endm

functions:
    entry 'P', '3', popcount32
    entry 'R', '3', reverse32
    entry 'L', '3', clz32
    entry 'T', '3', ctz32
    entry 'M', 'S', rom_memset
    entry 'S', '4', rom_memset
    entry 'M', 'C', rom_memcpy
    entry 'C', '4', rom_memcpy
    entry 'U', 'B', reset_to_usb_boot
    entry 'I', 'F', connect_internal_flash
    entry 'E', 'X', flash_exit_xip
    entry 'R', 'E', flash_range_erase
    entry 'R', 'P', flash_range_program
    entry 'F', 'C', flash_flush_cache
    entry 'C', 'X', flash_enter_cmd_xip
    .2byte 0, 0
data:
    .byte 'S', 'F'
    .2byte soft_float + 8
    .2byte 0, 0
